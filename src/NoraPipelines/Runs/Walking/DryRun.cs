using NoraPipelines.Plans;

namespace NoraPipelines.Runs.Walking;

/// <summary>A walked step in numbers: what `plan --dry-run` shows.</summary>
internal sealed record DryRun
{
    public required string Pipeline { get; init; }

    /// <summary>The card that the floor is of.</summary>
    public required string Card { get; init; }

    /// <summary>By part of the model, the whole step's.</summary>
    public required IReadOnlyList<DryRunPart> Parts { get; init; }

    public required DryRunPart Total { get; init; }

    /// <summary>Micro-batches of a step.</summary>
    public required int Passes { get; init; }

    /// <summary>Tokens of a step, at most.</summary>
    public required long Tokens { get; init; }

    /// <summary>At the floor.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Bytes of all tensors at the most, as walked.</summary>
    public required long WalkedMemory { get; init; }

    /// <summary>The same by the plan's formula, for a GPU.</summary>
    public required long PlannedMemory { get; init; }

    /// <summary>Bytes of the card.</summary>
    public required long CardMemory { get; init; }

    /// <exception cref="NoraException">The plan's model cannot be walked.</exception>
    public static DryRun Of(PipelinePlan plan, Card card)
    {
        var step = StepWalk.Of(plan);
        var found = step.Pass.Operators.ToLookup(entry => entry.Part);
        DryRunPart[] parts = [.. Models.Parts.All.Where(found.Contains).Select(part => DryRunPart.Of(part, found[part].Select(entry => entry.Cost), step.Times(part), card))];
        var tokens = step.TokensPerPass * step.Passes;
        var seconds = parts.Sum(part => part.Seconds);
        return new DryRun
        {
            Pipeline = plan.Name,
            Card = card.Title,
            Parts = parts,
            Total = new DryRunPart("total", parts.Sum(part => part.Operators), parts.Sum(part => part.Operations), parts.Sum(part => part.Bytes), seconds),
            Passes = step.Passes,
            Tokens = tokens,
            TokensPerSecond = tokens / seconds,
            WalkedMemory = step.Peak,
            PlannedMemory = MemoryEstimate.Of(plan, onGpu: true).Tensors,
            CardMemory = card.Memory,
        };
    }
}

/// <summary>What a part of a step takes.</summary>
/// <param name="Operators">Each is a launch on a GPU.</param>
/// <param name="Operations">Of matrix products.</param>
/// <param name="Bytes">Read and written.</param>
/// <param name="Seconds">The sum over operators of the longer of operations and bytes at the card's rates.</param>
internal sealed record DryRunPart(string Part, long Operators, double Operations, long Bytes, double Seconds)
{
    /// <param name="times">How often the operators run.</param>
    public static DryRunPart Of(string part, IEnumerable<OperatorCost> costs, int times, Card card)
    {
        var total = new DryRunPart(part, 0, 0, 0, 0);
        foreach (var cost in costs)
        {
            total = new DryRunPart(
                part, total.Operators + times, total.Operations + (times * cost.Operations), total.Bytes + (times * cost.Bytes), total.Seconds + (times * card.Seconds(cost)));
        }
        return total;
    }
}
