namespace NoraPipelines.Plans;

/// <summary>A key that holds others, or a list of them.</summary>
public sealed record SectionKey : SpecKey
{
    internal SectionKey(string path, ValueKinds kinds, string doc)
        : base(path, kinds, doc)
    {
    }

    /// <summary>A mapping of keys.</summary>
    internal static SectionKey Of(string path, string doc, params SpecKey[] keys) => new(path, ValueKinds.Mapping, doc) { Keys = keys };

    internal override bool Takes(ValueKinds kinds) => false;

    /// <summary>Written through the keys within it.</summary>
    internal override PipelinePlan Write(PipelinePlan plan, SpecNode value) => plan;

    internal override PipelinePlan WriteLeftOut(PipelinePlan plan) => plan;
}
