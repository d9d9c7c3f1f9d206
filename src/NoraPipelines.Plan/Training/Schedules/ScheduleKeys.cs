namespace NoraPipelines.Plans;

/// <summary>Makes the keys of one kind of schedule, or of several that have a record in common.</summary>
/// <param name="blank">A schedule whose properties have their defaults.</param>
internal sealed class ScheduleKeys<TPlan>(TPlan blank)
    where TPlan : SchedulePlan
{
    /// <summary>Keys that are properties of the schedule; on one of another kind they change nothing.</summary>
    public KeyPart<TPlan> Part { get; } = new("training.schedule", blank, plan => plan.Training.Schedule as TPlan ?? blank,
        (plan, schedule) => plan.Training.Schedule is TPlan ? plan with { Training = plan.Training with { Schedule = schedule } } : plan);

    /// <summary>A key that other kinds do without.</summary>
    public SpecKey<T> Own<T>(SpecKey<T> key, string reason) =>
        key.WithNoEffect(Keys.Training.Schedule, plan => plan.Training.Schedule is TPlan ? null : reason);
}
