using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Spec;

internal static partial class SpecKeys
{
    private static readonly string[] Presets =
        ModelCatalog.Names.Where(name => ModelFamilies.Of(ModelCatalog.Find(name)!).HasPrograms).ToArray();

    private static SpecKey Model => Section("model", "The base model: its shape, its weights and its tokenizer.",
        Choice<Architecture>("architecture", "The model's family.", null, [.. ModelFamilies.Later]) with
        { Required = true },
        Choice("preset", "A shape of the catalogue; or give `config` or `shape`.", null, Presets,
            ModelCatalog.Names.Except(Presets)),
        Text("config", "Path of a Hugging Face config.json, relative to the spec; a file of the project, or added to it as a "
            + "NoraModelConfig item."),
        Shape,
        Section("source", "Where the weights come from: exactly one of `path`, `hub` and `random`.",
            Text("path", "A folder with config.json, *.safetensors and the tokenizer, relative to the spec.") with { RunTime = true },
            Whole("random", "Seed of weights drawn from nothing, N(0, 0.02²); for `method: full`.", 0),
            Text("hub", "A repository of the Hugging Face hub, owner/name; loaded into the standard cache when it is first used.") with
            { Pattern = HubName },
            Text("revision", "Branch, tag or commit in the hub.") with { Default = "main", Pattern = HubRevision }) with
        { Required = true },
        Text("tokenizer", "The tokenizer's file or folder, relative to the spec; left out: beside the weights.") with { RunTime = true },
        Choice("dtype", "What the base model's weights are held in.", ModelDefaults.Dtype, Array.Empty<WeightType>()),
        Switch("accept_other_shapes", "Whether the checkpoint's own config.json may replace the planned shape when a run starts.",
            ModelDefaults.AcceptOtherShapes));

    /// <summary>config.json's own names, so that numbers can be copied from there.</summary>
    private static SpecKey Shape => Section("shape", "The model's numbers, named as in config.json.",
        Size("vocab_size", "Rows of the embedding matrix.") with { Required = true },
        Size("hidden_size", "Size of a token's representation.") with { Required = true },
        Size("intermediate_size", "Size inside the feed-forward block.") with { Required = true },
        Size("num_hidden_layers", "Layers.") with { Required = true },
        Size("num_attention_heads", "Query heads.") with { Required = true },
        Size("num_key_value_heads", "Key and value heads; left out: as the family has it."),
        Size("head_dim", "Size of a head; left out: hidden_size / num_attention_heads (Gemma: 256, Qwen3: 128)."),
        Size("max_position_embeddings", "Longest sequence in tokens; left out: as the family has it."),
        Positive("rms_norm_eps", "Added to the mean square in RMSNorm.", 1e-6),
        Positive("rope_theta", "Base of the rotary frequencies.", 10000),
        Switch("tie_word_embeddings", "Whether the head is the embedding matrix; left out: as the family has it.", false) with
        { Default = null },
        new SpecKey("sliding_window", ValueKinds.Whole | ValueKinds.Nothing, "Mistral: tokens that a token attends to; null: all before it.")
        {
            Minimum = 1,
            Maximum = 1 << 24,
        },
        Choice("hidden_act", "The feed-forward block's function; left out: as the family has it.", null, Plans.Words.All<GateActivation>(), []),
        Switch("attention_bias", "Whether q, k, v and o have a bias; not for qwen2, whose q, k and v always have one.", false));

    private static ModelPlan ModelDefaults { get; } = new()
    {
        Shape = ModelCatalog.Find("stories260k")!,
        ShapeSource = "",
        Source = new ModelSource.Random(0),
    };

    private static SpecKey Size(string name, string doc) => Whole(name, doc, 1, maximum: 1 << 24);

    private static SpecKey Positive(string name, string doc, double? @default = null) =>
        Number(name, doc, @default) with { Minimum = 0, AboveMinimum = true };

    private static SpecKey Choice<T>(string name, string doc, T @default, T[] later) where T : struct, Enum =>
        Choice<T>(name, doc, (T?)@default, later);
}
