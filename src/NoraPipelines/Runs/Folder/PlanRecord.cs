using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Settings;

namespace NoraPipelines.Runs.Folder;

/// <summary>plan.json: what the run does, in numbers and in full, and which settings made it so.</summary>
internal sealed record PlanRecord
{
    public required string Pipeline { get; init; }

    public required int Seed { get; init; }

    /// <summary>The spec's path in its project.</summary>
    public required string Spec { get; init; }

    public required IReadOnlyList<SettingValue> Settings { get; init; }

    public required PlanSummary Summary { get; init; }

    /// <summary>The effective plan; its equality is what allows a run to be resumed.</summary>
    public required JsonObject Plan { get; init; }

    public static PlanRecord Of(Pipeline pipeline, RunSettings settings, int seed) => new()
    {
        Pipeline = settings.Plan.Name,
        Seed = seed,
        Spec = pipeline.SpecFile,
        Settings = settings.Given,
        Summary = PlanSummary.Of(settings.Plan, DataRows.Count(pipeline, settings.Plan)),
        Plan = RunJson.OfPlan(settings.Plan),
    };

    /// <exception cref="NoraException">The folder's run has another plan: going on would mix two.</exception>
    public void RefuseIfChanged(RunDirectory directory)
    {
        var differences = Differences(RunJson.ReadChecked<PlanRecord>(directory.PlanFile));
        if (differences.Count == 0) return;
        throw new NoraException(
            $"{directory.Path}: this run was started with another plan, and going on would mix the two: {Listing.Shown(differences, 8)}. "
            + "Give the same settings as then, or start a new run without --resume.");
    }

    /// <summary>Where the plan and the seed differ from those of a run; empty where it can be gone on with.</summary>
    public IReadOnlyList<string> Differences(PlanRecord stored)
    {
        var differences = PlanDifference.Between(Comparable(stored.Plan), Comparable(Plan));
        return stored.Seed == Seed ? differences : [$"seed: {stored.Seed}, now {Seed}", .. differences];
    }

    public void Write(RunDirectory directory) => RunJson.WriteChecked(directory.PlanFile, this);

    /// <summary>A short name for everything that decides what a run computes, its seed excepted.</summary>
    public static string Fingerprint(PipelinePlan plan) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Comparable(RunJson.OfPlan(plan)).ToJsonString())))[..16];

    /// <summary>Which other seeds are run does not change this one.</summary>
    public static JsonObject Comparable(JsonObject plan)
    {
        var copy = plan.DeepClone().AsObject();
        copy["training"]?.AsObject().Remove("seeds");
        return copy;
    }
}
