using NoraPipelines.Plans;

namespace NoraPipelines.Runs.Folder;

/// <summary>
/// The run that trained an adapter, where its folder still lies in the run's: what the adapter is put on must be the model that it was trained on,
/// or else every answer is of a model that nobody made.
/// </summary>
internal sealed class AdapterOrigin : IHeldIdentity
{
    private readonly string _adapter;
    private readonly RunIdentity _identity;
    private readonly PlanRecord _record;
    private readonly IRunView _view;

    private AdapterOrigin(string adapter, RunIdentity identity, PlanRecord record, IRunView view) =>
        (_adapter, _identity, _record, _view) = (adapter, identity, record, view);

    /// <summary>Null for a folder that is in no run's.</summary>
    /// <param name="adapter">Full path of a run's folder, or of an adapter's.</param>
    /// <exception cref="NoraException">The run's files are damaged.</exception>
    public static AdapterOrigin? Of(string adapter, IRunView view)
    {
        foreach (var folder in new[] { adapter, Path.GetDirectoryName(adapter) }.OfType<string>())
        {
            var run = RunDirectory.At(folder);
            if (File.Exists(run.PlanFile) && RunIdentity.Read(run) is { } identity)
                return new AdapterOrigin(adapter, identity, RunJson.ReadChecked<PlanRecord>(run.PlanFile), view);
        }
        return null;
    }

    public void Hold(string group, IReadOnlyDictionary<string, string> found)
    {
        if (group is not (RunIdentity.Weights or RunIdentity.Tokenizer) || _identity.Differences(group, found) is not { Count: > 0 } differences) return;
        var told = $"{_adapter}: this adapter was trained with {RunIdentity.Title(group)} ({Listing.Shown(differences, 4)}).{Settings()}";
        if (group == RunIdentity.Tokenizer) _view.Warn(told);
        else throw new NoraException($"{told} Give the base model that it was trained on, or copy the adapter out of its run's folder to put it on another all the same.");
    }

    private string Settings()
    {
        string[] own = [.. _record.Settings.Where(setting => setting.Key.StartsWith("model.", StringComparison.Ordinal)).Select(setting => $"--set {setting.Key}={setting.Value}")];
        return own.Length == 0 ? $" Its run was one of {_record.Pipeline}, without settings of the model." : $" Its run had {string.Join(' ', own)}.";
    }
}
