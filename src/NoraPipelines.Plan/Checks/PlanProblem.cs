namespace NoraPipelines.Plans;

/// <summary>Something wrong with a plan, found at build or, where the run changed the plan, before it starts.</summary>
/// <param name="Id">Stable; docs/diagnostics has a page for each: NORA104.</param>
/// <param name="Path">The spec's key, items by number: adapter.targets.2.</param>
/// <param name="Message">Found, bound, remedy.</param>
public sealed record PlanProblem(string Id, string Path, string Message)
{
    public ProblemSeverity Severity => ProblemSeverities.Of(Id);

    internal static PlanProblem At(string id, SpecKey key, string message) => new(id, key.Path, message);
}
