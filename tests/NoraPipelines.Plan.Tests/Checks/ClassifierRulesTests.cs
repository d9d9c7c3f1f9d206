using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Checks;

public class ClassifierRulesTests
{
    /// <summary>Table 10 of the paper.</summary>
    private static readonly PipelinePlan Qnli = SamplePlans.Llama3 with
    {
        Model = new ModelPlan { Shape = ModelCatalog.Find("roberta-large")!, ShapeSource = "roberta-large", Source = new ModelSource.Folder("models") },
        Adapter = SamplePlans.Nora(48, 16) with { Targets = EquatableArray.Of("query", "value") },
        Dataset = new DatasetPlan
        {
            Train = new DataSourcePlan { Path = "train.tsv" },
            Template = new TemplatePlan(TemplateKind.Glue),
            Task = GlueTask.Qnli,
            MaxTokens = 128,
        },
        Evaluation = EquatableArray.Of(Task("glue/qnli")),
    };

    [Fact]
    public void The_papers_run_has_no_problem_and_trains_73728_parameters_beside_the_head()
    {
        Assert.Empty(PlanChecks.Check(Qnli));
        Assert.Equal(73_728, Qnli.Trainable);
    }

    [Fact]
    public void A_classifier_learns_labels() => Has("dataset.template", "use template: glue",
        Qnli with { Dataset = Qnli.Dataset with { Template = new TemplatePlan(TemplateKind.Plain), Task = null } });

    [Fact]
    public void A_class_makes_no_labelled_rows() => Has("dataset.train.generator",
        $"labelled rows of a file; give path: a file that ends in {DataFormat.EndingsWithColumns}",
        Qnli with { Dataset = Qnli.Dataset with { Train = new DataSourcePlan { Generator = "Rows" } } });

    [Theory]
    [InlineData(GlueTask.Sst2, 1, true)]
    [InlineData(GlueTask.Qnli, 2, true)]
    [InlineData(GlueTask.Qnli, 1, false)]
    public void Pairs_of_texts_need_two_token_types(GlueTask task, int types, bool fits)
    {
        var shape = (BertShape)ModelCatalog.Find("all-minilm-l6-v2")! with { TokenTypes = types };
        var plan = Qnli with
        {
            Model = Qnli.Model with { Shape = shape },
            Dataset = Qnli.Dataset with { Task = task },
            Evaluation = default,
        };
        if (fits) Assert.Empty(PlanChecks.Check(plan));
        else Has("dataset.task", "has pairs of texts, and this model has one token type", plan);
    }

    [Fact]
    public void A_classifier_is_scored_by_its_own_task()
    {
        Has("evaluation.0.task", "use a task of glue/", Qnli with { Evaluation = EquatableArray.Of(Task("perplexity")) });
        Has("evaluation.0.task", "the head learns, which is qnli; use task: glue/qnli",
            Qnli with { Evaluation = EquatableArray.Of(Task("glue/mnli")) });
    }

    [Fact]
    public void What_classifiers_do_not_have_is_refused() =>
        Has("dataset.packing", "one text a row", Qnli with { Dataset = Qnli.Dataset with { Packing = true } });

    [Fact]
    public void A_classifier_may_train_in_full_from_a_seed_with_checkpointed_layers_which_hold_less()
    {
        var full = Qnli with
        {
            Model = Qnli.Model with { Source = new ModelSource.Random(1), Tokenizer = "tokenizer", Dtype = WeightType.Float32 },
            Adapter = new FullPlan(),
            Export = new ExportPlan { Peft = false, Merged = true },
            Training = Qnli.Training with { GradientCheckpointing = true },
        };
        Assert.Empty(PlanChecks.Check(full));
        Assert.True(MemoryEstimate.Of(full).Activations < MemoryEstimate.Of(full with { Training = Qnli.Training }).Activations / 4);
    }

    [Fact]
    public void A_model_that_writes_text_neither_learns_labels_nor_is_scored_by_them()
    {
        Has("dataset.template", $"use architecture: {ModelFamilies.Listed(family => family.ClassifiesText)}", SamplePlans.Llama3 with { Dataset = Qnli.Dataset });
        Has("evaluation.0.task", "llama writes text", SamplePlans.Llama3 with { Evaluation = Qnli.Evaluation });
    }

    [Fact]
    public void Texts_longer_than_the_models_positions_are_refused() => Assert.Contains(
        PlanChecks.Check(Qnli with { Dataset = Qnli.Dataset with { MaxTokens = 513 } }),
        problem => problem.Id == "NORA111" && problem.Message.Contains("513 is above 512"));

    private static EvaluationPlan Task(string name) => new() { Task = TaskProtocols.Of(name), Data = new DataSourcePlan { Path = "dev.tsv" } };

    private static void Has(string path, string message, PipelinePlan plan) => Assert.Contains(
        PlanChecks.Check(plan), problem => problem.Id == "NORA130" && problem.Path == path && problem.Message.Contains(message));
}
