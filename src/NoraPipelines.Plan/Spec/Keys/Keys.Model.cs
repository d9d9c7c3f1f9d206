namespace NoraPipelines.Plans;

public static partial class Keys
{
    /// <summary>The base model: its shape, its weights and its tokenizer.</summary>
    public static class Model
    {
        private static readonly KeyPart<ModelPlan> Part = new(
            "model", new ModelPlan { Shape = ModelCatalog.Find("stories260k")!, ShapeSource = "", Source = new ModelSource.Random(0) },
            plan => plan.Model, (plan, model) => plan with { Model = model });

        internal static readonly SpecKey<Architecture> Architecture = new("model.architecture", Kind.Choice<Architecture>(), "The model's family.")
        {
            Required = true,
            Words = ModelFamilies.Programs.Select(Plans.Words.Of).ToEquatableArray(),
            Later = ModelFamilies.Later.Select(Plans.Words.Of).ToEquatableArray(),
        };

        internal static readonly SpecKey<string> Preset = new("model.preset", Kind.Text, "A shape of the catalogue; or give `config` or `shape`.")
        {
            Words = ModelCatalog.Names.Where(HasProgram).ToEquatableArray(),
            Later = ModelCatalog.Names.Where(name => !HasProgram(name)).ToEquatableArray(),
        };

        internal static readonly SpecKey<string> Config = new("model.config", Kind.Text,
            "Path of a Hugging Face config.json, relative to the spec; a file of the project, or added to it as a NoraModelConfig item.");

        internal static readonly SpecKey<bool> AcceptOtherShapes = Part.Switch("accept_other_shapes",
                "Whether the checkpoint's own config.json may replace the planned shape when a run starts.",
                model => model.AcceptOtherShapes, (model, accepts) => model with { AcceptOtherShapes = accepts })
            .WithNoEffect(null, plan => plan.Model.Source is ModelSource.Random ? "random weights have no checkpoint to take a shape from" : null);

        public static readonly SpecKey<string?> Tokenizer = Part.TextOrNone("tokenizer",
            "The tokenizer's file or folder, relative to the spec; left out: beside the weights.",
            model => model.Tokenizer, (model, path) => model with { Tokenizer = path }) with
        { RunTime = true, IsPath = true };

        internal static readonly SpecKey<WeightType> Dtype = Part.Choice("dtype", "What the base model's weights are held in.",
            model => model.Dtype, (model, dtype) => model with { Dtype = dtype });

        internal static SectionKey Section { get; } = SectionKey.Of("model", "The base model: its shape, its weights and its tokenizer.",
            Architecture, Preset, Config, Shape.Section, Source.Section, Tokenizer, Dtype, AcceptOtherShapes) with
        { Required = true, ExactlyOne = [Preset, Config, Shape.Section] };

        private static bool HasProgram(string preset) => ModelFamilies.Of(ModelCatalog.Find(preset)!).HasPrograms;

        /// <summary>Where the weights come from.</summary>
        public static class Source
        {
            private static readonly KeyPart<ModelPlan> Part = Model.Part.In("model.source");

            public static readonly SpecKey<string?> Path = new("model.source.path", Kind.TextOrNone,
                "A folder with config.json, *.safetensors and the tokenizer, relative to the spec.")
            {
                RunTime = true,
                IsPath = true,
                Get = plan => plan.Model.Source is ModelSource.Folder folder ? folder.Path : "",
                Set = (plan, path) => plan with { Model = plan.Model with { Source = new ModelSource.Folder(path!) } },
                Obstacle = plan => plan.Model.Source is ModelSource.Random ? "the weights of this pipeline are drawn from a seed, not read" : null,
            };

            internal static readonly SpecKey<int> Random = new("model.source.random", Kind.Whole,
                "Seed of random weights, N(0, 0.02²); for `method: full`.")
            {
                Minimum = 0,
                Set = (plan, seed) => plan with { Model = plan.Model with { Source = new ModelSource.Random(seed) } },
            };

            internal static readonly SpecKey<string> Hub = new("model.source.hub", Kind.Text,
                "A repository of the Hugging Face hub, owner/name; loaded into the standard cache when it is first used.")
            {
                Pattern = Patterns.HubName,
                Set = (plan, repository) => plan with { Model = plan.Model with { Source = new ModelSource.Hub(repository, "main") } },
            };

            internal static readonly SpecKey<string> Revision = new SpecKey<string>("model.source.revision", Kind.Text, "Branch, tag or commit in the hub.")
            {
                Default = "main",
                Pattern = Patterns.HubRevision,
                Set = (plan, revision) => plan.Model.Source is ModelSource.Hub hub
                    ? plan with { Model = plan.Model with { Source = hub with { Revision = revision } } }
                    : plan,
            }.WithNoEffect(Hub, plan => plan.Model.Source is ModelSource.Hub ? null : "only a repository of the hub has revisions");

            internal static SectionKey Section { get; } = SectionKey.Of(
                "model.source", "Where the weights come from: exactly one of `path`, `hub` and `random`.", Path, Random, Hub, Revision) with
            { Required = true, ExactlyOne = [Path, Random, Hub] };
        }

        /// <summary>config.json's own names, so that numbers can be copied from there; the family reads them, and says which of them mean nothing to it.</summary>
        internal static class Shape
        {
            internal static SectionKey Section { get; } = SectionKey.Of("model.shape", "The model's numbers, named as in config.json.",
                Size("vocab_size", "Rows of the embedding matrix.") with { Required = true },
                Size("hidden_size", "Size of a token's representation.") with { Required = true },
                Size("intermediate_size", "Size inside the feed-forward block.") with { Required = true },
                Size("num_hidden_layers", "Layers.") with { Required = true, Maximum = ConfigReader.MostLayers },
                Size("num_attention_heads", "Query heads.") with { Required = true },
                Size("num_key_value_heads", "Key and value heads; left out: the family's default."),
                Size("head_dim", "Size of a head; left out: hidden_size / num_attention_heads (Gemma: 256, Qwen3: 128)."),
                Size("max_position_embeddings", "Longest sequence in tokens; left out: the family's default."),
                Positive("rms_norm_eps", "Added to the mean square in RMSNorm.", "1E-06"),
                Positive("rope_theta", "Base of the rotary frequencies.", "10000"),
                OfFamily("tie_word_embeddings", Kind.Switch, "Whether the head is the embedding matrix; left out: the family's default."),
                OfFamily("sliding_window", Kind.WholeOrNull, "Mistral: tokens that a token attends to; null: all before it.") with
                { Minimum = 1, Maximum = ConfigReader.LargestSize },
                OfFamily("hidden_act", Kind.Text, "The feed-forward block's function; left out: the family's default.") with
                { Words = Plans.Words.All<GateActivation>() },
                OfFamily("attention_bias", Kind.Switch, "Whether q, k, v and o have a bias; not for qwen2, whose q, k and v always have one.") with
                { Default = "false" });

            private static SpecKey Size(string name, string doc) => OfFamily(name, Kind.Whole, doc) with { Minimum = 1, Maximum = ConfigReader.LargestSize };

            private static SpecKey Positive(string name, string doc, string @default) =>
                OfFamily(name, Kind.Number, doc) with { Minimum = 0, AboveMinimum = true, Default = @default };

            private static SpecKey<T> OfFamily<T>(string name, ValueKind<T> kind, string doc) => new SpecKey<T>("model.shape." + name, kind, doc)
                .WithNoEffect(Architecture, plan => ModelFamilies.Of(plan.Model.Shape).IdleShapeKeys(plan.Model.Shape.Architecture)
                    .FirstOrDefault(idle => idle.Keys?.Contains(name) == true).Reason);
        }
    }
}
