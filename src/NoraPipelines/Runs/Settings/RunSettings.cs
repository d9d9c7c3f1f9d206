using NoraPipelines.Plans;

namespace NoraPipelines.Runs.Settings;

/// <summary>The settings of one run: which keys of the plan were set otherwise, and the plan that results.</summary>
internal sealed class RunSettings
{
    private readonly HashSet<string> _set = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    private RunSettings(PipelinePlan plan) => Plan = plan;

    /// <summary>The plan with every setting in its place.</summary>
    public PipelinePlan Plan { get; private set; }

    /// <summary>The settings as they were given, without those that this plan has no use for.</summary>
    public IReadOnlyList<SettingValue> Given { get; private init; } = [];

    /// <summary>Keys that were set and that the program has not asked for yet.</summary>
    public IEnumerable<string> Unread => _set.Except(_read).Order(StringComparer.Ordinal);

    /// <summary>Checks every value and applies it; all problems are reported at once.</summary>
    /// <exception cref="UsageException">An unknown key, a key that is fixed at build or means nothing here, a value outside its bounds.</exception>
    public static RunSettings Apply(PipelinePlan plan, string specFile, string currentDirectory, IReadOnlyList<SettingValue> given)
    {
        var settable = Keys.RunTime(plan).ToDictionary(key => key.Path, StringComparer.OrdinalIgnoreCase);
        var settings = new RunSettings(plan) { Given = given };
        List<string> problems = [.. Both(given)];
        // In the table's order, as a spec is read: what follows from another value comes after it.
        string[] order = [.. settable.Keys];
        foreach (var value in given.OrderBy(value => Array.FindIndex(order, path => path.Equals(value.Key, StringComparison.OrdinalIgnoreCase))))
        {
            var problem = settable.TryGetValue(value.Key, out var key)
                ? settings.Write(key, value, plan, specFile, currentDirectory) : NotSettable(value, plan, specFile, settable.Values);
            if (problem is not null) problems.Add(problem);
        }

        if (problems.Count == 0)
            problems.AddRange(PlanChecks.Check(settings.Plan).Where(problem => problem.Severity == ProblemSeverity.Error).Select(problem => $"{problem.Path}: {problem.Message}."));
        if (problems.Count > 0) throw new UsageException(string.Join(Environment.NewLine, problems));
        return settings;
    }

    /// <summary>Why a plan has no use for a setting; null where it has, or where there is no such key.</summary>
    public static string? Meaningless(PipelinePlan plan, string path) => Keys.RunTime(plan).FirstOrDefault(
        key => key.Path.Equals(path, StringComparison.OrdinalIgnoreCase)) is { } key ? Meaningless(plan, key) : null;

    /// <summary>The value that a run was given for a key, or what was planned.</summary>
    /// <exception cref="ArgumentException">The key is fixed when the program is built.</exception>
    public T Get<T>(SpecKey<T> key, T planned)
    {
        Use(key);
        return IsSet(key) ? key.Get!(Plan) : planned;
    }

    /// <summary>Says that the program takes the key's value from the plan.</summary>
    public void Use(SpecKey key)
    {
        if (!key.RunTime) throw new ArgumentException($"'{key.Path}' is not a key that a run may set.", nameof(key));
        _read.Add(key.Path);
    }

    /// <summary>Puts a plan in place that follows from the settings and from what lies on this machine.</summary>
    public void Replace(PipelinePlan plan) => Plan = plan;

    public bool IsSet(SpecKey key) => _set.Contains(key.Path);

    private string? Write(SpecKey key, SettingValue value, PipelinePlan plan, string specFile, string currentDirectory)
    {
        if (Meaningless(plan, key) is { } reason) return $"{key.Path} (from {value.Source}) has no meaning in {plan.Name}: {reason}. See {specFile}.";
        if (SettingText.Read(key, value.Value) is not { } node)
            return $"{key.Path} is '{SettingText.Shown(value.Value)}' (from {value.Source}). Expected {SettingText.Expected(key, value.Value)}.";
        if (key.IsPath && node is ScalarNode { Text: var text } && text.Contains('\0'))
            return $"{key.Path} is a path with a NUL character (from {value.Source}). Write it without.";
        if (key.IsPath && node is ScalarNode path) node = path with { Text = Path.GetFullPath(path.Text, currentDirectory) };
        _set.Add(key.Path);
        Plan = key.Write(Plan, node);
        return null;
    }

    /// <summary>What stands in the way of this key, or of a section that it is in.</summary>
    private static string? Meaningless(PipelinePlan plan, SpecKey key) => key.Obstacle?.Invoke(plan)
        ?? Keys.OnTheWay(key).SelectMany(section => section.NoEffects).Select(rule => rule.Reason(plan)).FirstOrDefault(reason => reason is not null);

    private static string NotSettable(SettingValue value, PipelinePlan plan, string specFile, IEnumerable<SpecKey> settable)
    {
        var shown = SettingText.Shown(value.Key);
        string[] within = [.. settable.Select(key => key.Path).Where(path => path.StartsWith(value.Key + ".", StringComparison.OrdinalIgnoreCase))];
        if (within.Length > 0 && value.Key.Length > 0)
            return $"{shown} (from {value.Source}) is a section, and takes no value. Settable in it: {string.Join(", ", within)}.";
        var isBuilt = Keys.Find(value.Key, StringComparison.OrdinalIgnoreCase) is { RunTime: false }
            || value.Key.StartsWith(Keys.Sweep.Section.Path + ".", StringComparison.OrdinalIgnoreCase);
        if (isBuilt)
            return $"{shown} (from {value.Source}) is fixed when the program is built: it decides which code is generated. Change it in {specFile} and build again.";
        var hint = DidYouMean.Hint(value.Key, settable.Select(key => key.Path));
        var here = settable.Where(key => Meaningless(plan, key) is null).Select(key => key.Path);
        return $"{shown} (from {value.Source}) is not a key that a run can set{hint}. Settable here: {string.Join(", ", here)}.";
    }

    /// <summary>Of keys that exclude each other only one can be set.</summary>
    private static IEnumerable<string> Both(IReadOnlyList<SettingValue> given) =>
        from section in Keys.Root.AllWithin()
        let keys = section.ExactlyOne.Where(key => given.Any(value => value.Key.Equals(key.Path, StringComparison.OrdinalIgnoreCase))).ToList()
        where keys.Count > 1
        select $"{string.Join(" and ", keys.Select(key => key.Path))} are both set. Expected one of them: each takes the other's place.";
}
