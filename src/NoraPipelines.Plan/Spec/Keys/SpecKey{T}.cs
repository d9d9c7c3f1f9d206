namespace NoraPipelines.Plans;

/// <summary>A key with a value of its own: how it is read, and where it stands in a plan.</summary>
public sealed record SpecKey<T> : SpecKey
{
    internal SpecKey(string path, ValueKind<T> kind, string doc)
        : base(path, kind.Kinds, doc)
    {
        Kind = kind;
        Words = kind.Words;
    }

    internal ValueKind<T> Kind { get; }

    /// <summary>The value in a plan; null for a key that a planner reads by hand.</summary>
    internal Func<PipelinePlan, T>? Get { get; init; }

    /// <summary>The plan with the value in its place.</summary>
    internal Func<PipelinePlan, T, PipelinePlan>? Set { get; init; }

    /// <summary>What the plan has where the key is left out and that depends on other keys; null: the default of the plan's own property.</summary>
    internal Func<PipelinePlan, PipelinePlan>? LeftOut { get; init; }

    internal T Read(SpecNode value) => Kind.Read(value);

    internal override bool Takes(ValueKinds kinds) => (Kind.Kinds & kinds) != 0;

    internal override PipelinePlan Write(PipelinePlan plan, SpecNode value) => Set is null ? plan : Set(plan, Read(value));

    internal override PipelinePlan WriteLeftOut(PipelinePlan plan) => LeftOut is null ? plan : LeftOut(plan);

    public bool Equals(SpecKey<T>? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
