using NoraPipelines.Training;

namespace NoraPipelines.Runs.Progress;

/// <summary>The most memory that a run used at once.</summary>
/// <param name="Bytes">Resident in the process, or taken of a card.</param>
/// <param name="Source">Who counted: <see cref="Process"/>, <see cref="DeviceMemory.Allocator"/> or <see cref="DeviceMemory.Driver"/>.</param>
/// <param name="Held">By tensors on a card; null where nobody counts them.</param>
internal sealed record MeasuredPeak(long Bytes, string Source, long? Held = null)
{
    public const string Process = "process";

    /// <summary>Of two processes of one run; null where they counted different things, or one of them does not know.</summary>
    public static MeasuredPeak? Of(MeasuredPeak? first, MeasuredPeak? second)
    {
        if (first is null || second is null || first.Source != second.Source) return null;
        return new MeasuredPeak(Math.Max(first.Bytes, second.Bytes), first.Source, first.Held > second.Held ? first.Held : second.Held);
    }
}
