using NoraPipelines.Generator.Emission;
using NoraPipelines.Generator.Planning;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Tests.Spec;

/// <summary>What a valid spec is read as.</summary>
public class ReadingTests
{
    [Theory]
    [InlineData("7.0e-3", 0.007)]
    [InlineData("7e-3", 0.007)]
    [InlineData("0.007", 0.007)]
    [InlineData(".5", 0.5)]
    [InlineData("1", 1)]
    [InlineData("+1.5E+0", 1.5)]
    public void Numbers_are_those_of_yaml_in_every_culture(string text, double expected)
    {
        var culture = Thread.CurrentThread.CurrentCulture;
        try
        {
            Thread.CurrentThread.CurrentCulture = new System.Globalization.CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
            Assert.Equal(expected, Plan(Specs.With("learning_rate: 7.0e-3", "learning_rate: " + text)).Training.LearningRate);
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = culture;
        }
    }

    [Theory]
    [InlineData("1,5")]
    [InlineData("0x10")]
    [InlineData(".nan")]
    [InlineData(".inf")]
    [InlineData("1e999")]
    [InlineData("1_000")]
    public void What_is_no_number_is_refused(string text) =>
        Assert.Contains("(27,18): error NORA004",
            Assert.Single(GeneratorRun.OnSpec(Specs.With("learning_rate: 7.0e-3", "learning_rate: " + text)).Problems));

    [Fact]
    public void Everything_that_was_written_is_in_the_plan()
    {
        var plan = Plan(Specs.Valid);
        Assert.Equal("sample", plan.Name);
        Assert.Equal("NoRA on a small model", plan.Description);
        Assert.Equal(new ModelSource.Folder("models/stories260k"), plan.Model.Source);
        Assert.Equal(WeightType.Float32, plan.Model.Dtype);
        var nora = Assert.IsType<NoraPlan>(plan.Adapter);
        Assert.Equal((32, 16, 32.0, 0.01), (nora.OuterRank, nora.InnerRank, nora.Alpha, nora.InnerStd));
        Assert.Equal(64, plan.Calibration.Samples);
        Assert.Equal(("data/train.jsonl", "question", "answer", 1000),
            (plan.Dataset.Train.Path, plan.Dataset.Train.Columns.Prompt, plan.Dataset.Train.Columns.Response, plan.Dataset.Train.Limit));
        Assert.Equal((TemplateKind.Metamath, 128, LossOn.Response), (plan.Dataset.Template.Kind, plan.Dataset.MaxTokens,
            plan.Dataset.LossOn));
        var training = plan.Training;
        Assert.Equal((2.0, null, 32, 8), (training.Epochs, training.Steps, training.Batch, training.MicroBatch));
        Assert.Equal(new CosineSchedulePlan { WarmupRatio = 0.02 }, training.Schedule);
        Assert.Equal((0.0, 1.0, true), (training.WeightDecay, training.ClipNorm, training.GradientCheckpointing));
        Assert.Equal((200, 2), (training.CheckpointEverySteps, training.CheckpointKeep));
        Assert.Equal([1, 2, 3], training.Seeds);
        Assert.Equal(["exact_match", "perplexity"], plan.Evaluation.Select(task => task.Task.Name));
        Assert.Equal(64, plan.Evaluation[0].MaxNewTokens);
        Assert.Equal(new ExportPlan { Peft = true, Merged = false }, plan.Export);
    }

    [Fact]
    public void Lines_of_sections_are_those_of_their_keys() =>
        Assert.Equal(new SpecLines(3, 8, 16, 17, 23, 34, 37), Unit(Specs.Valid).Lines);

    [Fact]
    public void All_linear_is_every_projection_in_the_models_order() => Assert.Equal(
        ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
        Plan(Specs.With("[q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj]", "all-linear")).Adapter.Targets);

    [Fact]
    public void Targets_are_put_in_the_models_order() => Assert.Equal(
        ["q_proj", "v_proj", "down_proj"],
        Plan(Specs.With("[q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj]", "[down_proj, v_proj, q_proj]")).Adapter.Targets);

    [Theory]
    [InlineData("all", null)]
    [InlineData("[4, 0]", new[] { 0, 4 })]
    [InlineData("{ first: 2 }", new[] { 0, 1 })]
    [InlineData("{ last: 2 }", new[] { 3, 4 })]
    public void Layers_are_chosen_in_four_ways(string text, int[]? expected) =>
        Assert.Equal(expected, Plan(Specs.With("layers: all", "layers: " + text)).Adapter.Layers.Indices?.ToArray());

    [Theory]
    [InlineData("{ first: 6 }")]
    [InlineData("{ last: 6 }")]
    public void More_layers_than_there_are_is_an_error(string text) =>
        Assert.Contains("NORA103", Assert.Single(GeneratorRun.OnSpec(Specs.With("layers: all", "layers: " + text)).Problems));

    [Fact]
    public void Clip_norm_none_means_no_clipping() => Assert.Null(Plan(Specs.With("clip_norm: 1.0", "clip_norm: none")).Training.ClipNorm);

    [Fact]
    public void The_shape_is_read_from_a_config_of_the_project()
    {
        var config = """{ "model_type": "llama", "vocab_size": 100, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, "rms_norm_eps": 1e-05, "rope_scaling": null }""";
        var unit = Planner.Plan(
            new SpecFile("/project/a/sample.nora.yaml", Specs.With("preset: stories260k", "config: ../models/x/config.json")),
            new ProjectFacts("/project/", "Sample"),
            EquatableArray.Of(new SpecFile("/project/models/x/config.json", config))).Unit!;
        var shape = Assert.IsType<DecoderShape>(unit.Plan.Model.Shape);
        Assert.Equal((100, 64, 128, 2, 4, 4, 1e-5), (shape.VocabularySize, shape.HiddenSize, shape.FeedForwardSize, shape.LayerCount,
            shape.HeadCount, shape.KeyValueHeadCount, shape.NormEpsilon));
        Assert.Equal("a/sample.nora.yaml", unit.SpecPath);
        Assert.Equal("../models/x/config.json", unit.Plan.Model.ShapeSource);
    }

    [Fact]
    public void Gsm8k_generates_512_tokens_unless_told_otherwise() => Assert.Equal(
        512, Plan(Specs.With("task: exact_match", "task: gsm8k").Replace(", max_new_tokens: 64", "").Replace("preset: stories260k",
            "preset: llama-3-8b")).Evaluation[0].MaxNewTokens);

    [Fact]
    public void What_is_left_out_has_the_plans_own_default()
    {
        var plan = Plan("""
            pipeline: short
            model: { architecture: llama, preset: llama-3-8b, source: { path: models } }
            adapter: { method: nora, targets: all-linear, outer: { rank: 64 }, inner: { rank: 32 } }
            dataset: { train: { path: train.jsonl }, template: metamath }
            training: { steps: 10, batch: 4, learning_rate: 1e-3 }
            """);
        Assert.Equal(new CalibrationPlan(), plan.Calibration);
        Assert.Equal(new ExportPlan(), plan.Export);
        Assert.Equal(new TrainingPlan { Steps = 10, Batch = 4, MicroBatch = 4, LearningRate = 1e-3 }, plan.Training);
        Assert.Equal(new NoraPlan { OuterRank = 64, InnerRank = 32, Alpha = 64, Targets = plan.Adapter.Targets }, plan.Adapter);
        Assert.Equal(WeightType.BFloat16, plan.Model.Dtype);
        Assert.Empty(plan.Evaluation);
    }

    private static PipelinePlan Plan(string text) => Unit(text).Plan;

    private static PipelineUnit Unit(string text)
    {
        var planned = Planner.Plan(new SpecFile("/project/sample.nora.yaml", text), new ProjectFacts("/project/", "Sample"), default);
        Assert.True(planned.Unit is not null, string.Join('\n', planned.Problems));
        return planned.Unit!;
    }
}
