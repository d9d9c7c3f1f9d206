using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>What of the spec's `evaluation` depends on its tasks' protocols. The rest is in the table of keys.</summary>
internal static class DataPlanner
{
    /// <summary>As many tasks as the spec has, before their keys are read.</summary>
    public static EquatableArray<EvaluationPlan> Blank(PipelineSpec spec) => Enumerable.Range(0, spec.Count(Keys.Evaluations))
        .Select(_ => new EvaluationPlan { Task = TaskProtocols.Blank, Data = new DataSourcePlan() }).ToEquatableArray();

    /// <summary>The columns of data sets as they are published, where the spec names none.</summary>
    public static PipelinePlan Columns(PlanningContext context, PipelinePlan plan) => plan with
    {
        Evaluation = plan.Evaluation.Select((task, index) => task.Data.Generator is not null || context.Spec.Has(Keys.Evaluation(index).Columns)
            ? task : task with { Data = task.Data with { Columns = task.Task.Columns } }).ToEquatableArray(),
    };
}
