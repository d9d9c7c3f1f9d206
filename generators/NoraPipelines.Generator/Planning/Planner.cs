using NoraPipelines.Generator.Diagnostics;
using NoraPipelines.Generator.Emission;
using NoraPipelines.Generator.Planning.Rules;
using NoraPipelines.Generator.Spec;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>
/// A spec's text → its plan. Sections are planned one by one with defaults from the plan's own properties; a value that was refused
/// is replaced by one that offends no rule, so that all problems of a spec come out at once.
/// </summary>
internal static class Planner
{
    public static PlannedSpec Plan(SpecFile file, ProjectFacts project, EquatableArray<SpecFile> configs)
    {
        var path = Paths.Relative(project.Folder, file.Path);
        var stub = new PipelineStub(ClassNames.Of(file.Stem), project.Namespace, path);
        try
        {
            return Plan(file, configs, stub);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new PlannedSpec(file.Path, stub, Place.Start, null, EquatableArray.Of(Failure(error)));
        }
    }

    /// <summary>A mistake in the generator itself, shown at the spec that brought it out.</summary>
    public static SpecProblem Failure(Exception error) => new("NORA010",
        $"the generator failed on this spec: {error.GetType().Name}: {error.Message.Replace('\n', ' ')}; this is a mistake in "
            + "NoraPipelines, please report it with the spec",
        Place.Start);

    private static PlannedSpec Plan(SpecFile file, EquatableArray<SpecFile> configs, PipelineStub stub)
    {
        var problems = new List<SpecProblem>();
        var spec = SpecValidator.Read(file.Text, problems);
        var context = new PlanningContext(spec, file, configs, problems);
        var name = spec.Text("pipeline")?.Value;
        if (name is not null) stub = stub with { ClassName = ClassNames.Of(name) };

        PipelineUnit? unit = null;
        if (!problems.Any(problem => problem.Id == "NORA001"))
        {
            var plan = Plan(context, name ?? file.Stem);
            problems.AddRange(PlanChecks.Check(plan)
                .Where(problem => !spec.WasRefused(problem.Path))
                .Select(problem => new SpecProblem(problem.Id, problem.Message, spec.PlaceOf(problem.Path))));
            if (!problems.Any(Descriptors.IsError))
            {
                plan = InModelOrder(plan);
                unit = new PipelineUnit(plan, stub.ClassName, stub.Namespace, stub.SpecPath, Lines(spec));
                problems.Insert(0, new SpecProblem("NORA100", PlanSummary.Of(plan), Place.Start));
            }
        }
        var ordered = problems.OrderBy(problem => problem.Place.Line).ThenBy(problem => problem.Place.Column)
            .ThenBy(problem => problem.Id, StringComparer.Ordinal);
        return new PlannedSpec(file.Path, stub, spec.PlaceOf("pipeline"), unit, ordered.ToEquatableArray());
    }

    private static PipelinePlan Plan(PlanningContext context, string name)
    {
        OneOfRules.Check(context);
        NoEffectRules.Check(context);
        DuplicateRules.Check(context);
        var spec = context.Spec;
        var model = ModelPlanner.Plan(context);
        var adapter = AdapterPlanner.Plan(context, model.Shape);
        return new PipelinePlan
        {
            Name = name,
            Description = spec.Text("description")?.Value ?? "",
            Model = model,
            Adapter = adapter,
            Calibration = AdapterPlanner.Calibration(spec),
            Dataset = DataPlanner.Dataset(spec),
            Training = TrainingPlanner.Plan(spec),
            Evaluation = DataPlanner.Evaluation(spec),
            Export = TrainingPlanner.Export(spec, adapter),
        };
    }

    private static PipelinePlan InModelOrder(PipelinePlan plan) => plan with
    {
        Adapter = plan.Adapter with
        {
            Targets = plan.Model.Shape.Projections
                .Select(projection => projection.Name).Where(plan.Adapter.Targets.Contains).ToEquatableArray(),
        },
    };

    private static SpecLines Lines(PipelineSpec spec) => new(
        spec.LineOf("model"), spec.LineOf("adapter"), spec.LineOf("calibration"), spec.LineOf("dataset"),
        spec.LineOf("training"), spec.LineOf("evaluation"), spec.LineOf("export"));
}
