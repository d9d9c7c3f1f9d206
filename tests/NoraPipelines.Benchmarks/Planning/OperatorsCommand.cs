using System.CommandLine;
using NoraPipelines.Benchmarks.Measuring;
using NoraPipelines.Benchmarks.Steps;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Walking;

namespace NoraPipelines.Benchmarks.Planning;

/// <summary>
/// `operators`: what one layer of a step launches on a GPU, by kind of operator, from a walk of its shapes: a step of three layers less one of two. The
/// frozen layer is one whose adapters are in the first layer alone.
/// </summary>
internal static class OperatorsCommand
{
    // Measured on an H100 (docs/performance.md): large products in bfloat16, and what copies reach of its 3.35 TB/s.
    private static readonly Card Measured = new("h100", "H100, measured", 764e12, 50e12, 3.0e12, 80_000_000_000);

    // A product with a dimension of at most this is one with an adapter's factor.
    private const int Narrow = 256;

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var tokens = new Option<int>("--tokens") { DefaultValueFactory = _ => 4096 };
        var preset = new Option<string>("--preset") { DefaultValueFactory = _ => "llama-3-8b" };
        var command = new Command("operators", "What one layer of a step launches on a GPU, by kind, from a walk of its shapes") { json, tokens, preset };
        command.SetAction(parsed =>
        {
            var table = new ResultTable<OperatorRow>(parsed.GetValue(json));
            foreach (var method in (StepMethod[])[StepMethod.Frozen, StepMethod.Nora, StepMethod.Lora, StepMethod.Dora])
                table.Add(Rows(method, parsed.GetRequiredValue(preset), parsed.GetValue(tokens)));
            table.End();
            return 0;
        });
        return command;
    }

    private static IEnumerable<OperatorRow> Rows(StepMethod method, string preset, int tokens)
    {
        var (three, two) = (Kinds(method, preset, tokens, 3), Kinds(method, preset, tokens, 2));
        var rows = three.Select(pair =>
        {
            var less = two.GetValueOrDefault(pair.Key, new OperatorRow(method.Name, pair.Key, 0, 0, 0, 0));
            var more = pair.Value;
            return more with
            {
                Launches = more.Launches - less.Launches,
                Gigaflop = more.Gigaflop - less.Gigaflop,
                Megabytes = more.Megabytes - less.Megabytes,
                Microseconds = more.Microseconds - less.Microseconds,
            };
        }).Where(row => row.Launches > 0 || row.Megabytes > 0).OrderByDescending(row => row.Microseconds).ToList();
        return [.. rows, new OperatorRow(method.Name, "all", rows.Sum(row => row.Launches), rows.Sum(row => row.Gigaflop), rows.Sum(row => row.Megabytes), rows.Sum(row => row.Microseconds))];
    }

    private static Dictionary<string, OperatorRow> Kinds(StepMethod method, string preset, int tokens, int layers)
    {
        var shape = (DecoderShape)ModelCatalog.Find(preset)! with { LayerCount = layers };
        var adapter = method == StepMethod.Frozen ? StepMethod.Nora.Plan with { Layers = LayerSelection.Of([0]) } : method.Plan;
        var step = StepWalk.Of(new PipelinePlan
        {
            Name = preset,
            Model = new ModelPlan { Shape = shape, ShapeSource = preset, Source = new ModelSource.Random(1) },
            Adapter = adapter with { Targets = shape.TargetNames().ToEquatableArray() },
            Dataset = new DatasetPlan { Train = new DataSourcePlan(), Template = new TemplatePlan(TemplateKind.Plain), MaxTokens = tokens },
            Training = new TrainingPlan { Steps = 1, Batch = 1, MicroBatch = 1, LearningRate = 1e-3 },
        });
        return step.Pass.Operators.GroupBy(entry => Kind(entry.Operator)).ToDictionary(group => group.Key, group => new OperatorRow(
            method.Name, group.Key, group.Count(), group.Sum(entry => entry.Cost.Operations) / 1e9, group.Sum(entry => entry.Cost.Bytes) / 1e6,
            1e6 * group.Sum(entry => Measured.Seconds(entry.Cost))));
    }

    private static string Kind(Interop.TracedOperator of)
    {
        var name = of.Name["aten::".Length..];
        if (name is not ("mm" or "addmm" or "addmm_")) return name;
        var least = of.Inputs.TakeLast(2).SelectMany(input => input.Shape).Min();
        return least <= Narrow ? $"{name}, narrow" : name;
    }

    private sealed record OperatorRow(string Method, string Operator, int Launches, double Gigaflop, double Megabytes, double Microseconds);
}
