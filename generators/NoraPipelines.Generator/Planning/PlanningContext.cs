using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>One spec on its way to a plan, with the project's config.json files and the problems found so far.</summary>
internal sealed class PlanningContext(PipelineSpec spec, SpecFile file, EquatableArray<SpecFile> configs, List<SpecProblem> problems)
{
    public PipelineSpec Spec { get; } = spec;

    public SpecFile File { get; } = file;

    public EquatableArray<SpecFile> Configs { get; } = configs;

    /// <summary>A problem at a key's value.</summary>
    public void Report(string id, string path, string message) => problems.Add(new(id, message, Spec.PlaceOf(path)));

    /// <summary>A problem of the key itself: that it is there.</summary>
    public void ReportKey(string id, SpecKey key, string message) => problems.Add(new(id, message, Spec.KeyPlace(key)));

    /// <summary>A key that this method or kind cannot do without.</summary>
    public void Require(SpecKey key, string reason)
    {
        if (!Spec.Has(key)) ReportKey("NORA007", key, $"'{key.Path}' is missing: {reason}");
    }
}
