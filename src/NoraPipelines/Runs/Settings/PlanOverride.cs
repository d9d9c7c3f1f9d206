using NoraPipelines.Plans;

namespace NoraPipelines.Runs.Settings;

/// <summary>One key that may be set when a program runs, and what it changes in the plan.</summary>
/// <param name="Key">As the spec spells it, with dots: training.learning_rate.</param>
/// <param name="Apply">The plan with the parsed value in its place.</param>
/// <param name="Obstacle">Why this plan has no such setting; null where it has.</param>
internal sealed record PlanOverride(
    string Key, ValueRule Rule, Func<PipelinePlan, object?, PipelinePlan> Apply, Func<PipelinePlan, string?>? Obstacle = null)
{
    /// <summary>The value is a path: one that a user types is relative to the folder that they are in.</summary>
    public bool IsPath { get; init; }
}
