using NoraPipelines.Plans;

namespace NoraPipelines.Runs.Settings;

/// <summary>The settings of one run: which keys of the plan were overridden, and the plan that results.</summary>
internal sealed class RunSettings
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _known;
    private readonly HashSet<string> _read = new(StringComparer.OrdinalIgnoreCase);

    private RunSettings(PipelinePlan plan, IReadOnlyList<PlanOverride> table)
    {
        Plan = plan;
        _known = new HashSet<string>(table.Select(entry => entry.Key), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The plan with every override in its place.</summary>
    public PipelinePlan Plan { get; private set; }

    /// <summary>The overrides as they were given.</summary>
    public IReadOnlyList<SettingValue> Given { get; private set; } = [];

    /// <summary>Overridden keys that the program has not asked for yet.</summary>
    public IEnumerable<string> Unread => _values.Keys.Where(key => !_read.Contains(key)).Order(StringComparer.Ordinal);

    /// <summary>Checks every value and applies it; all problems are reported at once.</summary>
    /// <exception cref="UsageException">An unknown key, a key that is fixed at build, a value outside its bounds.</exception>
    public static RunSettings Apply(PipelinePlan plan, string specFile, string currentDirectory, IReadOnlyList<SettingValue> given)
    {
        var table = PlanOverrides.Of(plan);
        var settings = new RunSettings(plan, table) { Given = given };
        var problems = new List<string>();
        if (given.Any(value => Is(value, "training.epochs")) && given.Any(value => Is(value, "training.steps")))
            problems.Add("training.epochs and training.steps are both set. Expected one of them: each decides how long the run is.");
        foreach (var value in given)
        {
            if (settings.Problem(value, table, plan, specFile, currentDirectory) is { } problem) problems.Add(problem);
        }

        if (problems.Count == 0)
            problems.AddRange(PlanChecks.Check(settings.Plan).Where(problem => problem.Severity == ProblemSeverity.Error).Select(problem => $"{problem.Path}: {problem.Message}."));
        if (problems.Count > 0) throw new UsageException(string.Join(Environment.NewLine, problems));
        return settings;
    }

    /// <summary>The override of a key, or what was planned.</summary>
    public T Get<T>(string key, T planned)
    {
        if (!_known.Contains(key)) throw new ArgumentException($"'{key}' is not a key that a run may set.", nameof(key));
        _read.Add(key);
        if (!_values.TryGetValue(key, out var value)) return planned;
        if (value is null) return default!; // "none"; the rule allowed it
        if (value is T same) return same;
        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        return (T)Convert.ChangeType(value, type, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Puts a plan in place that follows from the settings and from what lies on this machine.</summary>
    public void Replace(PipelinePlan plan) => Plan = plan;

    public bool IsOverridden(string key) => _values.ContainsKey(key);

    private string? Problem(SettingValue value, IReadOnlyList<PlanOverride> table, PipelinePlan plan, string specFile, string currentDirectory)
    {
        var entry = table.FirstOrDefault(entry => entry.Key.Equals(value.Key, StringComparison.OrdinalIgnoreCase));
        if (entry is null)
        {
            return BuildTimeKeys.Contains(value.Key)
                ? $"{value.Key} (from {value.Source}) is fixed when the program is built: it decides which code is generated. Change it in {specFile} and build again."
                : $"{value.Key} (from {value.Source}) is not a key that a run can set{(DidYouMean.Hint(value.Key, table.Select(known => known.Key)) is { Length: > 0 } hint ? hint : ".")} "
                    + $"Settable here: {string.Join(", ", table.Where(known => known.Obstacle?.Invoke(plan) is null).Select(known => known.Key))}.";
        }
        if (entry.Obstacle?.Invoke(plan) is { } obstacle) return $"{entry.Key} (from {value.Source}) has no meaning in {plan.Name}: {obstacle}. See {specFile}.";
        if (entry.Rule.Parse(value.Value) is not { } parsed)
            return $"{entry.Key} is '{value.Value}' (from {value.Source}). Expected {entry.Rule.Expected}.";

        var final = entry.IsPath && parsed.Value is string path ? Path.GetFullPath(path, currentDirectory) : parsed.Value;
        _values[entry.Key] = final;
        Plan = entry.Apply(Plan, final);
        return null;
    }

    private static bool Is(SettingValue value, string key) => value.Key.Equals(key, StringComparison.OrdinalIgnoreCase);
}
