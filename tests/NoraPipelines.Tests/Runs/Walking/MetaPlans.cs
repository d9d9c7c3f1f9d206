using NoraPipelines.Plans;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tests.Models.Bert;
using NoraPipelines.Tests.Models.Roberta;

namespace NoraPipelines.Tests.Runs.Walking;

/// <summary>Plans of a step on the device meta: every family, small.</summary>
internal static class MetaPlans
{
    /// <summary>A shape of each kind of model, and of what decoders differ in.</summary>
    public static IReadOnlyDictionary<string, ModelShape> Shapes { get; } = new Dictionary<string, ModelShape>
    {
        ["llama"] = TinyDecoder.Shape(),
        ["llama with biases, stretched"] = TinyDecoder.Shape() with { FeedForwardBias = true, TiedEmbeddings = true, RopeScaling = new RopeScaling.Linear(2) },
        ["mistral"] = TinyDecoder.Shape() with { Architecture = Architecture.Mistral, SlidingWindow = 4 },
        ["gemma"] = TinyDecoder.Shape() with
        {
            Architecture = Architecture.Gemma,
            Activation = GateActivation.GeluTanh,
            NormAddsOne = true,
            ScaledEmbeddings = true,
            KeyValueHeadCount = 4,
        },
        ["qwen3"] = TinyDecoder.Shape() with { Architecture = Architecture.Qwen3, HeadNorms = true },
        ["roberta"] = TinyEncoder.Shape,
        ["bert"] = TinyBert.Shape,
    };

    public static PipelinePlan Of(ModelShape shape, AdapterPlan adapter, WeightType dtype = WeightType.Float32, bool packing = false, bool recompute = false) => new()
    {
        Name = "walked",
        Model = new ModelPlan { Shape = shape, ShapeSource = "shape", Source = new ModelSource.Random(1), Dtype = dtype },
        Adapter = adapter.TrainsModel ? adapter : adapter with { Targets = shape.TargetNames().ToEquatableArray() },
        Dataset = new DatasetPlan
        {
            Train = new DataSourcePlan { Path = "train.jsonl" },
            Template = new TemplatePlan(TemplateKind.Plain),
            Task = shape is DecoderShape ? null : GlueTask.Sst2,
            MaxTokens = 12,
            Packing = packing,
        },
        Training = new TrainingPlan { Steps = 2, Batch = 3, MicroBatch = 3, LearningRate = 0.1, GradientCheckpointing = recompute },
    };
}
