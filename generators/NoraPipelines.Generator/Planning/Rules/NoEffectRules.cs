using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning.Rules;

/// <summary>Keys that the rest of the spec makes meaningless: nothing is accepted and ignored.</summary>
internal static class NoEffectRules
{
    public static void Check(PlanningContext context)
    {
        Adapter(context);
        Model(context);
        Source(context, "dataset.train");
        Classifier(context);
        if (context.Spec.Switch("dataset.packing") == true && context.Spec.Whole("training.batch")?.Value == 1)
            Idle(context, "the examples of a step share rows, and a step has one example (training.batch)", "dataset.packing");
        for (var i = 0; i < context.Spec.Count("evaluation"); i++)
        {
            var task = $"evaluation.{i}";
            Source(context, task);
            if (context.Spec.Choice<EvaluationTask>(task + ".task") is not { } kind) continue;
            if (EvaluationPlan.Asks(kind)) DecodingRules.Check(context, task, kind);
            else Idle(context, $"task {Words.Of(kind)} generates no text", task + ".decoding");
            if (kind == EvaluationTask.Perplexity)
                Idle(context, "task perplexity generates no text", task + ".max_new_tokens");
            if (context.Spec.Choice<EvaluationTask>(task + ".task") is { } glue && GlueTasks.Of(glue) is not null)
                Idle(context, "tasks of glue classify", task + ".max_new_tokens", task + ".columns", task + ".separator");
        }
    }

    private static void Adapter(PlanningContext context)
    {
        var spec = context.Spec;
        if (spec.Text("adapter.method")?.Value is { } any and not "full")
        {
            if (any != "adalora") Idle(context, "only method adalora has a budget of ranks", "adapter.budget");
            if (any != "dylora") Idle(context, "only method dylora is cut to a rank", "adapter.rank_at");
        }
        BaselineRules.Check(context);
        switch (spec.Text("adapter.method")?.Value)
        {
            case "nora":
                Idle(context, "method nora has outer.rank and inner.rank", "adapter.rank");
                if (spec.Choice<InnerStructure>("adapter.inner.structure") == InnerStructure.Adapter)
                    Idle(context, "structure adapter trains square matrices, which have no inner rank", "adapter.inner.rank");
                if (spec.Has("adapter.start"))
                {
                    Idle(context, "the adapter goes on from the one in adapter.start", "adapter.outer.init", "adapter.outer.sigma", "adapter.outer.svd",
                        "adapter.outer.oversampling", "adapter.outer.iterations", "adapter.inner.init", "adapter.inner.std", "calibration");
                    break;
                }
                Outer(context);
                if (spec.Choice<InnerInitialization>("adapter.inner.init") is { } inner and not InnerInitialization.Normal)
                    Idle(context, $"inner.init {Words.Of(inner)} draws no normal numbers", "adapter.inner.std");
                break;
            case "lora" or "lora_xs":
                var method = spec.Text("adapter.method")!.Value;
                Idle(context, $"method {method} has one rank", "adapter.outer", "adapter.inner");
                Idle(context, $"method {method} starts without activations", "calibration");
                break;
            case "adalora" or "dylora":
                ChangingRankRules.Check(context);
                break;
            case "full":
                Idle(context, "method full trains every weight and has no adapter", "adapter.targets", "adapter.layers", "adapter.rank", "adapter.rank_at", "adapter.budget",
                    "adapter.outer",
                    "adapter.inner", "adapter.alpha", "adapter.dropout", "adapter.start");
                Idle(context, "method full starts without activations", "calibration");
                break;
        }
    }

    private static void Classifier(PlanningContext context)
    {
        if (context.Spec.Choice<TemplateKind>("dataset.template") != TemplateKind.Glue)
        {
            Idle(context, "only template glue has tasks", "dataset.task");
            return;
        }
        Idle(context, "template glue learns the label of a row", "dataset.loss_on", "dataset.train.columns", "dataset.train.separator");
        context.Require("dataset.task", "template glue needs the task that the head learns: task: qnli");
    }

    private static void Outer(PlanningContext context)
    {
        var spec = context.Spec;
        var init = spec.Choice<OuterInitialization>("adapter.outer.init") ?? OuterInitialization.AwSvd;
        if (init == OuterInitialization.Random)
            Idle(context, "outer.init random computes no singular values", "adapter.outer.sigma", "adapter.outer.svd",
                "adapter.outer.oversampling", "adapter.outer.iterations");
        else if (spec.Choice<SvdKind>("adapter.outer.svd") == SvdKind.Exact)
            Idle(context, "outer.svd exact does not approximate", "adapter.outer.oversampling", "adapter.outer.iterations");
        if (spec.Choice<ScalingKind>("calibration.scaling") == ScalingKind.Covariance)
            Idle(context, "calibration.scaling covariance uses the whole second moment of the inputs", "calibration.statistic",
                "calibration.exponent");
    }

    private static void Model(PlanningContext context)
    {
        var spec = context.Spec;
        if (!spec.Has("model.source.hub")) Idle(context, "only a repository of the hub has revisions", "model.source.revision");
        if (spec.Has("model.source.random") && !spec.Has("model.source.path"))
            Idle(context, "random weights have no checkpoint to take a shape from", "model.accept_other_shapes");
        if (spec.Choice<Architecture>("model.architecture") is { } architecture && ModelFamilies.Programs.Contains(architecture))
        {
            foreach (var (reason, keys) in ModelFamilies.Of(architecture).IdleShapeKeys(architecture))
                Idle(context, reason, [.. keys.Select(key => "model.shape." + key)]);
        }
    }

    private static void Source(PlanningContext context, string section)
    {
        var spec = context.Spec;
        if (!spec.Has(section + ".hub")) Idle(context, "only a repository of the hub has files and revisions", section + ".file", section + ".revision");
        Template(context, section);
        if (spec.Has(section + ".generator"))
        {
            if (!spec.Has(section + ".path") && !spec.Has(section + ".hub"))
                Idle(context, "rows that a class makes are not read from a file", section + ".columns", section + ".separator");
        }
        else
        {
            Idle(context, "rows of a file need no seed", section + ".seed");
            if ((spec.Text(section + ".path") ?? spec.Text(section + ".file")) is not { } path) return;
            if (IsText(path.Value))
                Idle(context, "a .txt file has no columns", section + ".columns");
            else
                Idle(context, "only texts of a .txt file are separated", section + ".separator");
        }
    }

    /// <summary>A template of the spec's own names the columns, but for those that a task's protocol needs.</summary>
    private static void Template(PlanningContext context, string section)
    {
        var spec = context.Spec;
        if (spec.Mapping("dataset.template") is null) return;
        if (spec.Choice<EvaluationTask>(section + ".task") is not { } task || !EvaluationPlan.Asks(task))
            Idle(context, "the template names the columns itself", section + ".columns");
        else if (RowTemplate.Parse(spec.Text("dataset.template.prompt")?.Value ?? "", out _) is { } prompt && prompt.Columns.Count() > 1)
            Idle(context, "the template's prompt names several columns and takes them by their names", section + ".columns.prompt");
    }

    private static bool IsText(string path) =>
        path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".txt.gz", StringComparison.OrdinalIgnoreCase);

    internal static void Idle(PlanningContext context, string reason, params string[] paths)
    {
        foreach (var path in paths.Where(context.Spec.Has))
            context.ReportKey("NORA107", path, $"'{path}' has no effect: {reason}; remove it");
    }
}
