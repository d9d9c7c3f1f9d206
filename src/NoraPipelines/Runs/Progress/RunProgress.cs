using NoraPipelines.Data;
using NoraPipelines.Initialization;

namespace NoraPipelines.Runs.Progress;

/// <summary>What a run came to so far, over all of its processes; its result is made of it.</summary>
internal sealed class RunProgress
{
    public TrainingResult Trained { get; set; } = new(null, null, 0, 0);

    /// <summary>Parameters that train, counted on their tensors when training began.</summary>
    public long Trainable { get; set; }

    /// <summary>What became of the rows of each data set that was read.</summary>
    public SortedDictionary<string, EncodedRows> Data { get; } = new(StringComparer.Ordinal);

    /// <summary>What the user was warned of and need not hear again.</summary>
    public HashSet<string> Warned { get; } = new(StringComparer.Ordinal);

    /// <summary>What the initialisation reported; null where there was none.</summary>
    public InitializationReport? Initialisation { get; set; }
}
