namespace NoraPipelines.Plans;

/// <summary>Something wrong with a plan, found at build or, where the run changed the plan, before it starts.</summary>
/// <param name="Id">Stable; docs/diagnostics has a page for each: NORA104.</param>
/// <param name="Path">The spec's key, items by number: adapter.targets.2.</param>
/// <param name="Message">Found, bound, remedy.</param>
public sealed record PlanProblem(string Id, ProblemSeverity Severity, string Path, string Message)
{
    internal static PlanProblem Error(string id, SpecKey key, string message) => new(id, ProblemSeverity.Error, key.Path, message);

    internal static PlanProblem Warning(string id, SpecKey key, string message) => new(id, ProblemSeverity.Warning, key.Path, message);
}

/// <summary>An error stops; a warning is shown and the work goes on.</summary>
public enum ProblemSeverity
{
    Warning,
    Error,
}
