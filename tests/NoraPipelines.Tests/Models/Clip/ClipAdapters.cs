using NoraPipelines.Initialization;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Clip;
using NoraPipelines.Plans;

namespace NoraPipelines.Tests.Models.Clip;

/// <summary>Adapters of every method on q, k and v of both towers, at their starts.</summary>
internal static class ClipAdapters
{
    private static readonly string[] Targets = ["q_proj", "k_proj", "v_proj"];

    /// <param name="method">A word of the spec; of nora's design space: "nora parallel", "nora adapter", "nora w_a_and_w_b".</param>
    public static AdapterSet Place(ClipModel model, string method, double dropout)
    {
        var adapters = new AdapterSet();
        using var pair = VeraStart.DrawPair(model, Targets, rank: 8, seed: 3);
        foreach (var projection in model.Projections.Where(projection => Targets.Contains(projection.Name)))
        {
            switch (method)
            {
                case "lora": adapters.AddLora(projection, 2, 2, dropout); break;
                case "rslora": adapters.AddRsLora(projection, 2, 1, dropout); break;
                case "lora_fa": adapters.AddLoraFa(projection, 4, 8, dropout); break;
                case "lora_xs": adapters.AddLoraXs(projection, 8, 8, dropout); break;
                case "dora": adapters.AddDora(projection, 2, 2, dropout); break;
                case "pissa": adapters.AddPissa(projection, 2, 2, dropout); break;
                case "vera": adapters.AddVera(projection, pair, dropout); break;
                case "adalora": adapters.AddAdaLora(projection, 4, 4, dropout); break;
                case "dylora": adapters.AddDyLora(projection, 4, 4, dropout); break;
                case "lokr": adapters.AddLokr(projection, 2, 2, dropout: dropout); break;
                case "nora": adapters.AddNora(projection, 8, 3, 8, dropout); break;
                case "nora parallel": adapters.AddNoraParallel(projection, 8, 3, InnerPosition.WA, 8, dropout); break;
                case "nora adapter": adapters.AddNoraSquare(projection, 8, InnerPosition.WA, 8, dropout); break;
                case "nora w_a_and_w_b": adapters.AddNoraSerial(projection, 8, 3, InnerPosition.WAAndWB, 8, dropout, trainsOuter: true); break;
                default: throw new ArgumentOutOfRangeException(nameof(method), method, "is not placed here");
            }
        }
        Start(adapters, method);
        return adapters;
    }

    private static InitializationReport Start(AdapterSet adapters, string method) => method switch
    {
        "lora_xs" => LoraXsStart.Initialise(adapters, 1),
        "dora" => DoraStart.Initialise(adapters, 1),
        "pissa" => PissaStart.Initialise(adapters, 1),
        "vera" => VeraStart.Initialise(adapters),
        "adalora" => AdaLoraStart.Initialise(adapters, 1),
        "dylora" => DyLoraStart.Initialise(adapters, 1),
        "lokr" => LokrStart.Initialise(adapters, 1),
        _ when method.StartsWith("nora", StringComparison.Ordinal) => NoraStart.Initialise(
            adapters, new NoraPlan { OuterRank = 8, InnerRank = 3, Alpha = 8, Targets = EquatableArray.Of(Targets), OuterInit = OuterInitialization.Svd },
            new CalibrationPlan(), statistics: null, seed: 1),
        _ => LoraStart.Initialise(adapters, 1),
    };
}
