using NoraPipelines.Runs.Folder;

namespace NoraPipelines.Cli.Comparing;

/// <summary>What `compare` was asked for.</summary>
/// <param name="Seeds">Null: the spec's, or on --resume those that the comparison was started with.</param>
/// <param name="Only">Names of variants; null: all, or on --resume those that the comparison was started with.</param>
/// <param name="Output">The comparison's own folder, as it was typed; null: runs/&lt;name&gt;/&lt;start&gt;.</param>
internal sealed record CompareRequest(
    string Comparison, IReadOnlyList<string> Assignments, IReadOnlyList<int>? Seeds, IReadOnlyList<string>? Only, string? Output,
    bool Resume)
{
    /// <summary>Of <see cref="RunIdentity.Keys"/>: what may differ from when the runs were started.</summary>
    public IReadOnlyList<string> AllowChanged { get; init; } = [];

    /// <summary>What --device says; null: it was not given.</summary>
    public string? Device { get; init; }
}
