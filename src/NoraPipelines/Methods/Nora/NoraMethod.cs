using NoraPipelines.Export;
using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>NoRA, in every structure of its design space.</summary>
public sealed class NoraMethod : AdapterMethod
{
    public override string Name => "nora";

    internal override NestedForm NestedForm { get; } = new NoraNestedForm();

    internal override StartSource GoesOnFrom => StartSource.Nested;

    internal override (int? Outer, int? Inner) Ranks(AdapterPlan plan)
    {
        var nora = (NoraPlan)plan;
        return (nora.OuterRank, nora.Structure == InnerStructure.Adapter ? null : nora.InnerRank);
    }

    internal override void Place(AdapterSet adapters, IReadOnlyList<LinearProjection> targets, AdapterPlan plan)
    {
        var own = (NoraPlan)plan;
        foreach (var target in targets)
        {
            switch (own)
            {
                case { Structure: InnerStructure.Serial, Position: InnerPosition.WA, OuterTrainable: false }:
                    adapters.AddNora(target, own.OuterRank, own.InnerRank, own.Alpha, own.Dropout);
                    break;
                case { Structure: InnerStructure.Serial }:
                    adapters.AddNoraSerial(target, own.OuterRank, own.InnerRank, own.Position, own.Alpha, own.Dropout, own.OuterTrainable);
                    break;
                case { Structure: InnerStructure.Parallel }:
                    adapters.AddNoraParallel(target, own.OuterRank, own.InnerRank, own.Position, own.Alpha, own.Dropout, own.OuterTrainable);
                    break;
                default:
                    adapters.AddNoraSquare(target, own.OuterRank, own.Position, own.Alpha, own.Dropout, own.OuterTrainable);
                    break;
            }
        }
    }
}
