namespace NoraPipelines.Plans;

/// <summary>Makes the keys of one method.</summary>
/// <param name="path">The section: adapter, adapter.outer.</param>
/// <param name="blank">A plan whose properties have their defaults.</param>
internal sealed class MethodKeys<TPlan>(string path, TPlan blank)
    where TPlan : AdapterPlan
{
    /// <summary>Keys that are properties of the method's plan; on the plan of another method they change nothing.</summary>
    public KeyPart<TPlan> Part { get; } = new(
        path, blank, plan => plan.Adapter as TPlan ?? blank, (plan, adapter) => plan.Adapter is TPlan ? plan with { Adapter = adapter } : plan);

    /// <summary>A key that other methods do without.</summary>
    public T Own<T>(T key, string reason) where T : SpecKey => Keys.Adapter.Own(key, adapter => adapter is TPlan, _ => reason);
}
