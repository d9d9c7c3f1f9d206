using NoraPipelines.Generator.Diagnostics;
using NoraPipelines.Generator.Emission;
using NoraPipelines.Generator.Planning.Rules;
using NoraPipelines.Generator.Planning.Sweeps;
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
        var root = YamlTree.Read(file.Text, problems);
        if (root is MappingNode spec && spec.Find("sweep") is { } sweep) return SweepPlanner.Plan(file, configs, stub, spec, sweep, problems);

        var planned = PlanTree(root is MappingNode || problems.Count == 0 ? root : null, problems, file, configs);
        if (planned.Spec.TryGet(Keys.Pipeline, out var name)) stub = stub with { ClassName = ClassNames.Of(name) };
        PipelineUnit? unit = null;
        if (!problems.Any(Descriptors.IsError) && planned.Plan is { } plan)
        {
            unit = new PipelineUnit(plan, stub.ClassName, stub.Namespace, stub.SpecPath, Lines(planned.Spec));
            problems.Insert(0, new SpecProblem("NORA100", PlanSummary.Of(plan), Place.Start));
        }
        return new PlannedSpec(file.Path, stub, planned.Spec.PlaceOf(Keys.Pipeline.Path), unit, InOrder(problems));
    }

    /// <summary>A whole spec's tree → its plan, with every problem added to those that were found before.</summary>
    /// <param name="variant">What follows the pipeline's name: .awsvd.</param>
    internal static PlannedTree PlanTree(
        SpecNode? root, List<SpecProblem> problems, SpecFile file, EquatableArray<SpecFile> configs, string variant = "")
    {
        var spec = SpecValidator.Read(root, problems);
        if (problems.Any(problem => problem.Id == "NORA001")) return new PlannedTree(spec, null);
        var context = new PlanningContext(spec, file, configs, problems);
        var plan = Plan(context, spec.Get(Keys.Pipeline, file.Stem) + variant);
        problems.AddRange(PlanChecks.Check(plan)
            .Where(problem => !spec.WasRefused(problem.Path))
            .Select(problem => new SpecProblem(problem.Id, problem.Message, spec.PlaceOf(problem.Path))));
        return new PlannedTree(spec, problems.Any(Descriptors.IsError) ? plan : InModelOrder(plan));
    }

    internal static EquatableArray<SpecProblem> InOrder(IEnumerable<SpecProblem> problems) => problems
        .OrderBy(problem => problem.Place.Line).ThenBy(problem => problem.Place.Column)
        .ThenBy(problem => problem.Id, StringComparer.Ordinal).ToEquatableArray();

    private static PipelinePlan Plan(PlanningContext context, string name)
    {
        var spec = context.Spec;
        var blank = new PipelinePlan
        {
            Name = name,
            Model = ModelPlanner.Plan(context),
            Adapter = AdapterPlanner.Unknown,
            Dataset = new DatasetPlan { Train = new DataSourcePlan(), Template = new TemplatePlan(TemplateKind.Plain) },
            Training = new TrainingPlan { Batch = 1, MicroBatch = 1, LearningRate = 1 },
            Evaluation = DataPlanner.Blank(spec),
        };
        var plan = DataPlanner.Columns(context, AdapterPlanner.Place(context, SpecPlan.Write(blank, spec)));
        AdapterPlanner.Require(context, plan.Adapter);
        if (plan.Dataset.Template.Kind == TemplateKind.Glue)
            context.Require(Keys.Dataset.Task, "template glue needs the task that the head learns: task: qnli");
        OneOfRules.Check(context, plan);
        NoEffectRules.Check(context, plan);
        DuplicateRules.Check(context);
        return plan;
    }

    private static PipelinePlan InModelOrder(PipelinePlan plan) => plan with
    {
        Adapter = plan.Adapter with
        {
            Targets = plan.Adapter.Targets
                .OrderBy(target => plan.Model.Shape.Projections.TakeWhile(projection => !projection.IsNamed(target)).Count()).ToEquatableArray(),
        },
    };

    internal static SpecLines Lines(PipelineSpec spec) => new(
        spec.LineOf(Keys.Model.Section), spec.LineOf(Keys.Adapter.Section), spec.LineOf(Keys.Calibration.Section), spec.LineOf(Keys.Dataset.Section),
        spec.LineOf(Keys.Training.Section), spec.LineOf(Keys.Evaluations), spec.LineOf(Keys.Export.Section));
}
