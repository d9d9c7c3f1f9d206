using NoraPipelines.Export;
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
}
