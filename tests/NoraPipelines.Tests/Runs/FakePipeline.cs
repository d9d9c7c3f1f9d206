using NoraPipelines.Data;
using NoraPipelines.Evaluation;
using NoraPipelines.Initialization;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using NoraPipelines.Runs;
using NoraPipelines.Tokenization;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Runs;

/// <summary>A training program written by hand, as a generated one reads, on a random model of a few thousand weights.</summary>
internal sealed class FakePipeline(string name = "tiny") : Pipeline<LoadedTextModel<LlamaModel>>
{
    private static readonly DecoderShape Shape = new()
    {
        Architecture = Architecture.Llama,
        VocabularySize = 32,
        HiddenSize = 16,
        FeedForwardSize = 32,
        LayerCount = 2,
        HeadCount = 2,
        KeyValueHeadCount = 1,
        HeadSize = 8,
        MaxPositions = 32,
    };

    /// <summary>Called with every step, as a partial class's hook.</summary>
    public Action<StepReport> OnStep { get; set; } = static _ => { };

    /// <summary>Called before anything else.</summary>
    public Action OnBegin { get; set; } = static () => { };

    /// <summary>How often an evaluation was really computed.</summary>
    public int Evaluations { get; private set; }

    /// <summary>Multiplies the loss: infinity makes a step fail.</summary>
    public Func<int, double> LossFactor { get; set; } = static _ => 1.0;

    /// <summary>The perplexity after training, by the run's seed, the one before being 30; null: it falls by 10 with each evaluation.</summary>
    public Func<int, double>? Perplexity { get; init; }

    /// <summary>The outer and inner factors depend on nothing but the run's seed; else they are others each time.</summary>
    public bool StartsBySeed { get; init; }

    /// <summary>Leaves out the end of a step, as a mistaken loop would.</summary>
    public bool ForgetsToFinish { get; init; }

    /// <summary>Packs examples of 4 to 12 tokens into rows of this many; null: examples of 12 tokens, a row each.</summary>
    public int? RowTokens { get; init; }

    /// <summary>What became of the rows, which the program tells twice; null: it tells nothing.</summary>
    public EncodedRows? Rows { get; set; }

    /// <summary>Items of a task that the program asks twice; null: it asks none.</summary>
    public IReadOnlyList<Example>? Items { get; init; }

    public override string SpecFile => $"{name}/{name}.nora.yaml";

    public override PipelinePlan Plan { get; } = new()
    {
        Name = name,
        Description = "a <tiny> model & nothing else",
        Model = new ModelPlan { Shape = Shape, ShapeSource = "shape", Source = new ModelSource.Hub("tests/tiny", "main"), Dtype = WeightType.Float32 },
        Adapter = new NoraPlan { OuterRank = 8, InnerRank = 4, Alpha = 8, Targets = EquatableArray.Of("q_proj", "v_proj") },
        Dataset = new DatasetPlan
        {
            Train = new DataSourcePlan { Hub = new HubFilePlan("tests/tiny", "train.jsonl", "main"), Limit = 48 },
            Template = new TemplatePlan(TemplateKind.Plain),
            MaxTokens = 12,
        },
        Training = new TrainingPlan
        {
            Epochs = 2,
            Batch = 8,
            MicroBatch = 4,
            LearningRate = 0.01,
            CheckpointEverySteps = 4,
            Seeds = EquatableArray.Of(3),
        },
        Evaluation = EquatableArray.Of(new EvaluationPlan { Task = TaskProtocols.Of("perplexity"), Data = new DataSourcePlan { Hub = new HubFilePlan("tests/tiny", "test.jsonl", "main") } }),
    };

    protected internal override RunReport Execute(RunContext run)
    {
        OnBegin();
        using var model = LlamaModel.Random(Shape, seed: 1, ScalarType.Float32, run.Device);
        using var adapters = Adapt(model);
        var examples = Enumerable.Range(0, 48).Select(row => new TokenizedExample([.. Enumerable.Range(0, RowTokens is null ? 12 : 4 + row % 9).Select(i => (row + 3 * i) % 32)], 1)).ToArray();
        for (var time = 0; Rows is not null && time < 2; time++) run.Tell("train", Rows);
        for (var time = 0; Items is not null && time < 2; time++) run.Tell("gsm8k", Items);
        var before = run.Stages.Once("evaluate-before", () => Scores());
        run.Initialise(adapters, () => Start(adapters, StartsBySeed ? run.Seed : null));
        using var optimizer = new AdamW(adapters.Trainable);
        var steps = run.Steps(examples.Length);
        var schedule = new CosineSchedule(run.Setting(Keys.Training.LearningRate, 0.01), steps, warmup: 2, floor: 0);
        using var training = run.StartTraining(steps, adapters, optimizer);
        using var batches = new BatchStream<TokenizedExample, TextBatch>(
            examples, new TextCollator(padId: 0, RowTokens), run.Setting(Keys.Training.Batch, 8), run.Setting(Keys.Training.MicroBatch, 4), run.Seed,
            null, training.FirstStep, run.Device);
        while (training.BeginStep())
        {
            using var scope = NewDisposeScope();
            using var batch = batches.Next();
            foreach (var micro in batch.MicroBatches)
            {
                var loss = CausalLoss.Sum(model, micro) / batch.Weight * LossFactor(training.Step);
                loss.backward();
                training.Add(loss);
            }
            var norm = Gradients.ClipNorm(adapters.Trainable, 1.0);
            optimizer.Step(schedule.Rate(training.Step));
            if (ForgetsToFinish) continue;
            OnStep(training.Finish(batch, norm, schedule));
        }
        var after = run.Stages.Once("evaluate-after", () => Scores(run.Seed));
        return run.Complete(before, after);
    }

    /// <summary>A tokenizer.json for <see cref="Load"/>.</summary>
    public string Tokenizer { get; init; } = "";

    /// <summary>The model of <see cref="Load"/>: as above, with room for a tokenizer's vocabulary.</summary>
    public static LlamaModel ModelWithWords() => LlamaModel.Random(Shape with { VocabularySize = 320 }, seed: 1, ScalarType.Float32, CPU);

    protected internal override LoadedTextModel<LlamaModel> Load(RunContext run) => new(ModelWithWords(), TextTokenizer.Load(Tokenizer), null);

    /// <summary>Says how far the adapters are from the base model.</summary>
    protected internal override Scores Evaluate(RunContext run, LoadedTextModel<LlamaModel> loaded)
    {
        using var scope = NewDisposeScope();
        var size = loaded.Model.Projections.Sum(projection => projection.Adapter?.Delta().norm().item<float>() ?? 0);
        return new Scores(new Dictionary<string, double> { ["size"] = size }) { Protocol = "test-v1" };
    }

    internal static AdapterSet Adapt(LlamaModel model)
    {
        var adapters = new AdapterSet();
        foreach (var projection in model.Projections.Where(projection => projection.Name is "q_proj" or "v_proj"))
        {
            var adapter = new NoraAdapter(projection.OutFeatures, projection.InFeatures, 8, 4, 8, 0.0, ScalarType.Float32, CPU);
            adapters.Add(projection, adapter);
        }
        return adapters;
    }

    /// <summary>How often the outer factors were really computed.</summary>
    public int Initialisations { get; private set; }

    internal InitializationReport Start(AdapterSet adapters, int? seed = null)
    {
        using var scope = NewDisposeScope();
        Initialisations++;
        using var generator = new Generator((ulong)(seed ?? Initialisations), CPU); // another start each time: a resumed run must not come here
        foreach (var (_, adapter) in adapters.Items)
        {
            var nested = (NoraAdapter)adapter;
            nested.SetOuter(randn([adapter.OutFeatures, 8], generator: generator), randn([8, adapter.InFeatures], generator: generator));
            nested.SetInner(randn([8, 4], generator: generator).mul_(0.05), randn([4, 8], generator: generator).mul_(0.05));
        }
        return new InitializationReport([.. adapters.Items.Select((item, i) => new ProjectionInitialization(
            item.Projection.Path, 0, 0.02, new OutputErrors(1.4, 0.30 + 0.01 * i, 0.25 + 0.01 * i, 0.24)))]);
    }

    private Scores Scores(int? after = null) => Perplexity is not null
        ? new(new Dictionary<string, double> { ["perplexity"] = after is { } seed ? Perplexity(seed) : 30.0 })
        : CountedScores();

    private Scores CountedScores() => new(new Dictionary<string, double> { ["perplexity"] = 30.0 - 10 * Evaluations, ["loss"] = 3.4 - Evaluations++ });
}
