namespace NoraPipelines.Plans;

/// <summary>A model that classifies, its data, its tasks and its method belong together; so do those of a model that writes text.</summary>
internal static class ClassifierRules
{
    public static IEnumerable<PlanProblem> Check(PipelinePlan plan) =>
        ModelFamilies.Of(plan.Model.Shape).ClassifiesText ? OfClassifier(plan) : OfOthers(plan);

    private static IEnumerable<PlanProblem> OfClassifier(PipelinePlan plan)
    {
        var family = Words.Of(plan.Model.Shape.Architecture);
        if (plan.Dataset.Template.Kind != TemplateKind.Glue)
            yield return Error(Keys.Dataset.Template,
                $"a {family} model classifies texts, and template {Words.Of(plan.Dataset.Template.Kind)} teaches to write them; use template: glue");
        else if (plan.Dataset.Train.Generator is not null)
            yield return Error(Keys.Dataset.Train.Generator, $"template glue reads labelled rows of a file; {GivePath}");
        if (plan is { Model.Shape: EncoderShape { TellsTextsByType: true, TokenTypes: < 2 }, Dataset.Task: { } pairs } && GlueTasks.Of(pairs).Second.Count > 0)
            yield return Error(Keys.Dataset.Task, $"task {Words.Of(pairs)} has pairs of texts, and this model has one token type (type_vocab_size 1), "
                + "which cannot tell them apart; use a model with two");
        for (var i = 0; i < plan.Evaluation.Count; i++)
        {
            var task = plan.Evaluation[i];
            if (task.Task.Glue is not { } glue)
                yield return Error(Keys.Evaluation(i).Task,
                    $"task {task.Task} needs a model that writes text, and {family} classifies; use a task of glue/…");
            else if (plan.Dataset.Task is { } learnt && learnt != glue)
                yield return Error(Keys.Evaluation(i).Task,
                    $"task {task.Task} is not what the head learns, which is {Words.Of(learnt)}; use task: {GlueTasks.Prefix}{Words.Of(learnt)}");
            if (task.Data.Generator is not null)
                yield return Error(Keys.Evaluation(i).Generator, $"tasks of glue read labelled rows of a file; {GivePath}");
        }
        if (plan.Dataset.Packing)
            yield return Error(Keys.Dataset.Packing,
                $"packing is not available for {family}, whose head reads the first token of a row: one text a row; remove it");
    }

    private static IEnumerable<PlanProblem> OfOthers(PipelinePlan plan)
    {
        var family = Words.Of(plan.Model.Shape.Architecture);
        if (plan.Dataset.Template.Kind == TemplateKind.Glue)
            yield return Error(Keys.Dataset.Template, $"template glue teaches a classifier, and {family} writes text; use architecture: {Classifiers}");
        for (var i = 0; i < plan.Evaluation.Count; i++)
        {
            if (plan.Evaluation[i].Task.Model == ScoredModel.Classifier)
                yield return Error(Keys.Evaluation(i).Task,
                    $"task {plan.Evaluation[i].Task} scores a classifier, and {family} writes text; use architecture: {Classifiers}");
        }
    }

    private static string GivePath => $"give path: a file that ends in {DataFormat.EndingsWithColumns}";

    private static string Classifiers => ModelFamilies.Listed(family => family.ClassifiesText);

    private static PlanProblem Error(SpecKey key, string message) => PlanProblem.At("NORA130", key, message);
}
