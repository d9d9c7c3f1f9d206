using NoraPipelines.Methods;
using NoraPipelines.Plans;

namespace NoraPipelines.Runs;

/// <summary>A plan in numbers: what `plan --json` prints and a report shows.</summary>
internal sealed record PlanSummary
{
    public required string Pipeline { get; init; }

    public required string Description { get; init; }

    public required string Architecture { get; init; }

    public required string Method { get; init; }

    public required long Trainable { get; init; }

    public required long Total { get; init; }

    /// <summary>100 · Trainable / Total.</summary>
    public required double Percent { get; init; }

    public required IReadOnlyList<PlannedTarget> Targets { get; init; }

    public required PlannedMemory Memory { get; init; }

    /// <summary>Bytes of the process while it is evaluated, at most.</summary>
    public long EvaluationMemory { get; init; }

    /// <summary>Optimizer steps; null where they depend on the rows of a file that is not here.</summary>
    public required int? Steps { get; init; }

    /// <summary>Tokens of a step at most: batch times the longest example.</summary>
    public required long TokensPerStep { get; init; }

    public static PlanSummary Of(PipelinePlan plan, long? rows = null)
    {
        var shape = plan.Model.Shape;
        var memory = MemoryEstimate.Of(plan);
        var (outer, inner) = AdapterMethods.Of(plan.Adapter.Method).Ranks(plan.Adapter);
        return new PlanSummary
        {
            Pipeline = plan.Name,
            Description = plan.Description,
            Architecture = Words.Of(shape.Architecture),
            Method = plan.Adapter.Method,
            Trainable = plan.Trainable,
            Total = shape.TotalParameters,
            Percent = 100.0 * plan.Trainable / shape.TotalParameters,
            Targets =
            [
                .. ParameterCount.Targets(shape, plan.Adapter).Select(target => new PlannedTarget(
                    target.Projection.Name, target.Projection.In, target.Projection.Out, target.Layers, outer, inner, target.Trainable)),
            ],
            Memory = new PlannedMemory(memory.Weights, memory.Adapters, memory.Optimizer, memory.Activations, memory.Examples, memory.Runtime, memory.Peak),
            EvaluationMemory = memory.EvaluationPeak,
            Steps = StepCount.Planned(plan) ?? (rows is { } count ? StepCount.Of(plan.Training, count) : null),
            TokensPerStep = (long)plan.Training.Batch * plan.Dataset.MaxTokens,
        };
    }
}

/// <summary>One target of the adapter in all of its layers.</summary>
internal sealed record PlannedTarget(string Name, int In, int Out, int Layers, int? OuterRank, int? InnerRank, long Count);

/// <summary>Bytes, estimated.</summary>
/// <param name="Runtime">What the process takes beside its tensors.</param>
/// <param name="Peak">Of the training: the sum of those before it.</param>
internal sealed record PlannedMemory(long Weights, long Adapters, long Optimizer, long Activations, long Examples, long Runtime, long Peak);
