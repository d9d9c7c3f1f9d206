using NoraPipelines.Training;

namespace NoraPipelines.Cli.Reporting;

/// <summary>Where time and memory went.</summary>
internal static class ResourcesSection
{
    public static string Draw(ReportData data)
    {
        var seconds = (data.Result?.Seconds ?? data.Seconds).Where(stage => stage.Key != "total").Select(stage => (stage.Key, stage.Value, Sizes.Time(stage.Value)));
        var memory = data.Plan.Summary.Memory;
        List<(string Name, double Value, string Shown)> bytes =
        [
            .. new[] { ("weights", memory.Weights), ("adapters", memory.Adapters), ("optimizer", memory.Optimizer), ("activations", memory.Activations), ("examples", memory.Examples), ("libraries", memory.Runtime), ("planned, to train", memory.Peak), ("planned, to evaluate, at most", data.Plan.Summary.EvaluationMemory) }
                .Select(part => (part.Item1, (double)part.Item2, Sizes.Bytes(part.Item2))),
        ];
        var source = data.Result?.PeakMemorySource;
        if (data.Result?.PeakMemoryHeld is { } held) bytes.Add(("measured, tensors on the card", held, Sizes.Bytes(held)));
        if (data.Result?.PeakMemory is { } peak) bytes.Add((Measured(source).Name, peak, Sizes.Bytes(peak)));
        return Html.Section("Time and memory", $"The plan's memory is an estimate from shapes; what was measured is {Measured(source).Meaning}.",
            $"<div class=\"two\"><div><h3>Time</h3>{Bars.Draw(seconds)}</div><div><h3>Memory</h3>{Bars.Draw(bytes)}</div></div>");
    }

    private static (string Name, string Meaning) Measured(string? source) => source switch
    {
        DeviceMemory.Allocator => ("measured, taken of the card", "what libtorch's allocator took of the card at most, free blocks that it kept included"),
        DeviceMemory.Driver => ("measured, the whole card", "what the card's driver had in use at the end, by whomever, beyond what was in use before the run"),
        _ => ("measured, whole process", "what the process had resident at most"),
    };
}
