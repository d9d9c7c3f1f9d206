namespace NoraPipelines.Plans;

/// <summary>How severe each diagnostic is, at build and when a run checks its plan. What is not listed is an error.</summary>
public static class ProblemSeverities
{
    private static readonly Dictionary<string, ProblemSeverity> NoErrors = new()
    {
        ["NORA100"] = ProblemSeverity.Note,
        ["NORA105"] = ProblemSeverity.Warning,
        ["NORA108"] = ProblemSeverity.Warning,
        ["NORA143"] = ProblemSeverity.Warning,
    };

    public static ProblemSeverity Of(string id) => NoErrors.TryGetValue(id, out var severity) ? severity : ProblemSeverity.Error;
}
