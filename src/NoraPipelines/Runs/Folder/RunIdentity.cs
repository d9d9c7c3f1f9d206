using NoraPipelines.Plans;

namespace NoraPipelines.Runs.Folder;

/// <summary>
/// identity.json: what decides a run's numbers beside its plan, by group and part, as it was found when the run first came to it. A run that
/// goes on must find the same.
/// </summary>
internal sealed record RunIdentity
{
    public const string Program = "program", Device = "device", Weights = "weights", Tokenizer = "tokenizer", Examples = "examples", Evaluation = "evaluation";

    /// <summary>What may differ where --allow-changed names it.</summary>
    public static IReadOnlyList<string> Keys { get; } = [Program, Device, Weights, Tokenizer, Examples, Evaluation];

    /// <summary>Later than that of every run that was in runs/&lt;pipeline&gt; when this one was started: by it the newest is found, whatever clocks say.</summary>
    public required int Number { get; init; }

    public required DateTimeOffset Started { get; init; }

    /// <summary>Group (weights, evaluation.0) → part (a file's name) → size and hash.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Marks { get; init; }

    /// <summary>What was allowed to differ when the run was gone on with, a sentence each.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>Null where the run has none.</summary>
    /// <exception cref="NoraException">The file is damaged.</exception>
    public static RunIdentity? Read(RunDirectory directory) =>
        Path.Exists(directory.IdentityFile) ? RunJson.ReadChecked<RunIdentity>(directory.IdentityFile) : null;

    public void Write(RunDirectory directory) => RunJson.WriteChecked(directory.IdentityFile, this);
}

/// <summary>Holds what a run finds against what it was started with.</summary>
/// <param name="allowed">Of <see cref="RunIdentity.Keys"/>: what may differ.</param>
internal sealed class HeldIdentity(RunDirectory directory, RunIdentity identity, IReadOnlyCollection<string> allowed, IRunView view)
{
    private RunIdentity _identity = identity;

    /// <summary>Keeps the parts of a group the first time, and compares them from then on.</summary>
    /// <exception cref="NoraException">They differ, and were not allowed to.</exception>
    public void Hold(string group, IReadOnlyDictionary<string, string> found)
    {
        if (_identity.Marks.TryGetValue(group, out var before))
        {
            var differences = before.Keys.Union(found.Keys).Order(StringComparer.Ordinal)
                .Where(part => before.GetValueOrDefault(part) != found.GetValueOrDefault(part))
                .Select(part => $"{part}: {before.GetValueOrDefault(part, "none")}, now {found.GetValueOrDefault(part, "none")}").ToArray();
            if (differences.Length == 0) return;
            var key = group.Split('.')[0];
            var told = $"{group} ({Listing.Shown(differences, 8)})";
            if (!allowed.Contains(key))
                throw new NoraException($"{directory.Path}: this run was started with {Title(key)}, and going on would mix the two: {told}. Put back what it was "
                    + $"started with, start a new run without --resume, or go on all the same with --allow-changed {key}.");
            view.Warn($"Goes on with {Title(key)}, as --allow-changed {key} says: {told}.");
            _identity = _identity with { Changes = [.. _identity.Changes, told] };
        }
        var marks = new Dictionary<string, IReadOnlyDictionary<string, string>>(_identity.Marks) { [group] = found };
        _identity = _identity with { Marks = marks };
        _identity.Write(directory);
    }

    private static string Title(string key) => key switch
    {
        RunIdentity.Program => "other code of the program or its libraries",
        RunIdentity.Device => "another kind of device",
        RunIdentity.Weights => "other weights of the base model",
        RunIdentity.Tokenizer => "other files of the tokenizer",
        RunIdentity.Examples => "other training examples",
        _ => "other rows to evaluate on",
    };
}
