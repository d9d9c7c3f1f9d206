namespace NoraPipelines.Plans;

/// <summary>An error stops; a warning is shown and the work goes on; a note only tells.</summary>
public enum ProblemSeverity
{
    Note,
    Warning,
    Error,
}
