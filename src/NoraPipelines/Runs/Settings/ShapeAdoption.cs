using NoraPipelines.Checkpoints;
using NoraPipelines.Checkpoints.Hub;
using NoraPipelines.Plans;

namespace NoraPipelines.Runs.Settings;

/// <summary>
/// A spec that accepts other shapes takes them from the checkpoint's own config.json, before anything is loaded: the plan, its counts
/// and its memory are those of the model that will run. What the build checks for the planned shape is checked here for the found one.
/// </summary>
internal static class ShapeAdoption
{
    /// <summary>The plan with the found shape; the plan itself where the spec accepts no other, or no checkpoint is there yet.</summary>
    /// <param name="view">Is told what is waited for where the checkpoint is on the hub.</param>
    /// <exception cref="NoraException">The config.json describes no model that can be built, or one that the adapter does not fit.</exception>
    public static PipelinePlan Apply(PipelinePlan plan, PlannedPaths paths, IRunView view)
    {
        if (!plan.Model.AcceptOtherShapes || Folder(plan.Model.Source, paths, view) is not { } folder) return plan;
        if (!File.Exists(Path.Combine(folder, "config.json"))) return plan;

        var found = HuggingFaceCheckpoint.ReadShape(folder);
        if (found == plan.Model.Shape) return plan;
        if (found.GetType() != plan.Model.Shape.GetType())
            throw new NoraException($"{folder} holds a model of the {Words.Of(found.Architecture)} kind; {plan.Name} was built for "
                + $"{Words.Of(plan.Model.Shape.Architecture)}. Point model.source.path at such a model.");
        var adopted = plan with { Model = plan.Model with { Shape = found, ShapeSource = Path.Combine(folder, "config.json") } };
        var errors = PlanChecks.Check(adopted).Where(problem => problem.Severity == ProblemSeverity.Error).ToList();
        if (errors.Count == 0) return adopted;
        throw new NoraException(string.Join(Environment.NewLine,
            errors.Select(problem => $"{problem.Path}: {problem.Message}").Prepend($"{plan.Name} does not fit the model in {folder}:")));
    }

    /// <summary>The folder of config.json; null where it is neither here nor available, which loading the model will report.</summary>
    private static string? Folder(ModelSource source, PlannedPaths paths, IRunView view)
    {
        if (source is ModelSource.Folder folder) return Path.GetFullPath(folder.Path, paths.Folder);
        if (source is not ModelSource.Hub hub) return null;
        try
        {
            var wanted = HubRepository.Model(hub.Repository, hub.Revision);
            return Path.GetDirectoryName(view.Download(progress => HubSnapshot.File(wanted, "config.json", HubOptions.FromEnvironment(), progress)));
        }
        catch (HubException)
        {
            return null;
        }
    }
}
