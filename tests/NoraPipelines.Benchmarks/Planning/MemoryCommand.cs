using System.CommandLine;
using NoraPipelines.Benchmarks.Measuring;
using NoraPipelines.Benchmarks.Steps;
using NoraPipelines.Generation;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Benchmarks.Planning;

/// <summary>`memory`: what the plan says a step or a generation holds at most, beside what it holds.</summary>
internal static class MemoryCommand
{
    private static readonly EquatableArray<string> Seven = new(["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]);

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var shapes = new Option<string[]>("--shape") { DefaultValueFactory = _ => ["small", "grouped", "large"], AllowMultipleArgumentsPerToken = true };
        shapes.AcceptOnlyFromAmong("small", "grouped", "large");
        var command = new Command("memory", "The plan's estimate of a step's memory beside the measured peak") { json, shapes };
        command.SetAction(parsed =>
        {
            if (!ProcessMemory.Supported) throw new PlatformNotSupportedException("Memory is measured on Linux only.");
            var table = new ResultTable<MemoryRow>(parsed.GetValue(json));
            using var following = ProcessMemory.FollowTensors();
            var chosen = parsed.GetRequiredValue(shapes);
            foreach (var (shape, method, dtype, recompute) in Cases().Where(item => chosen.Contains(item.Shape.Name)))
                table.Add([Measure(shape, method, dtype, recompute)]);
            foreach (var (shape, dtype) in Cases().Select(item => (item.Shape, item.Dtype)).Distinct().Where(item => chosen.Contains(item.Shape.Name)))
                table.Add([MeasureEvaluation(shape, dtype)]);
            table.End();
            return 0;
        });
        return command;
    }

    private static IEnumerable<(StepShape Shape, StepMethod Method, ScalarType Dtype, bool Recompute)> Cases()
    {
        var model = StepShape.Large.Model with { LayerCount = 2, HiddenSize = 1024, VocabularySize = 8192 };
        var grouped = StepShape.Large with { Name = "grouped", Model = model };
        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16])
        {
            yield return (StepShape.Small, StepMethod.Nora, dtype, false);
            yield return (StepShape.Small, StepMethod.Nora, dtype, true);
            yield return (StepShape.Small, StepMethod.Lora, dtype, false);
            yield return (StepShape.Small, StepMethod.LoraXs, dtype, false);
            yield return (StepShape.Small, StepMethod.Dora, dtype, false);
            yield return (grouped, StepMethod.Nora, dtype, false);
            yield return (StepShape.Large, StepMethod.Nora, dtype, false);
        }
    }

    private static MemoryRow Measure(StepShape shape, StepMethod method, ScalarType dtype, bool recompute)
    {
        using var bench = new Bench(shape, dtype, CPU, [method], recompute);
        var measured = bench.Measure()[0].Peak;
        var estimate = MemoryEstimate.Of(Plan(shape, method, dtype, recompute));
        return new MemoryRow(
            shape.Name, StepBenchmark.Word(dtype), method.Name, recompute, estimate.Tensors, measured, estimate.Tensors / (double)measured);
    }

    /// <summary>Of a generation with prompts as long as a training row, whose rows differ in length: the estimate is of the longest.</summary>
    private static MemoryRow MeasureEvaluation(StepShape shape, ScalarType dtype)
    {
        const int rows = 16, newTokens = 32;
        using var model = LlamaModel.Random(shape.Model, seed: 1, dtype, CPU);
        int[][] prompts = [.. Enumerable.Range(0, rows).Select(row => Enumerable.Range(0, shape.Tokens - (row % 2)).Select(i => ((7 * i) + row) % 500).ToArray())];
        _ = TextGenerator.Greedy(model, prompts[..1], maxNewTokens: 1, endId: null, padId: 0);
        ProcessMemory.Settle();
        var before = ProcessMemory.Resident;
        _ = TextGenerator.Greedy(model, prompts, newTokens, endId: null, padId: 0);
        var measured = ProcessMemory.Peak - before;
        var plan = Plan(shape, StepMethod.Nora, dtype, recompute: false) with
        {
            Evaluation = new([new EvaluationPlan { Task = TaskProtocols.Of("exact_match"), Data = new DataSourcePlan { Path = "none" }, Batch = rows, MaxNewTokens = newTokens }]),
        };
        var estimate = MemoryEstimate.Of(plan).Evaluation;
        return new MemoryRow(shape.Name, StepBenchmark.Word(dtype), "evaluation", Recompute: false, estimate, measured, estimate / (double)measured);
    }

    private static PipelinePlan Plan(StepShape shape, StepMethod method, ScalarType dtype, bool recompute) => new()
    {
        Name = shape.Name,
        Model = new ModelPlan
        {
            Shape = shape.Model,
            ShapeSource = shape.Name,
            Source = new ModelSource.Folder(shape.Name),
            Dtype = dtype == ScalarType.Float32 ? WeightType.Float32 : WeightType.BFloat16,
        },
        Adapter = method.Plan with { Targets = Seven },
        Dataset = new DatasetPlan
        {
            Train = new DataSourcePlan { Path = "none" },
            Template = new TemplatePlan(TemplateKind.Plain),
            MaxTokens = shape.Tokens,
        },
        Training = new TrainingPlan { Steps = 1, Batch = shape.Rows, MicroBatch = shape.Rows, LearningRate = 1e-4, GradientCheckpointing = recompute },
    };
}

/// <param name="Ratio">estimate / measured.</param>
internal sealed record MemoryRow(string Shape, string Dtype, string Method, bool Recompute, long Estimate, long Measured, double Ratio);
