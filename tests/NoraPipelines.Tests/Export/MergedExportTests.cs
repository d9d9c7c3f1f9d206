using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tests.Shipped;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Export;

public class MergedExportTests
{
    public static TheoryData<string> Families => ["llama", "mistral", "gemma", "qwen2", "qwen3", "linear", "tied", "scaled"];

    [Theory]
    [MemberData(nameof(Families))]
    public void A_merged_model_loads_again_with_the_same_shape_and_logits(string family)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var shape = Shape(family);
        using var model = TinyDecoder.Create(shape);
        using var adapters = Adapt(model);
        var expected = AdaptedDecoder.Logits(model);
        var before = model.Projections.First().Weight.clone();
        MergedExport.Write(folder.Path, model, adapters, source: null, ScalarType.Float32);
        SameTensor.Check(before, model.Projections.First().Weight);

        using var checkpoint = HuggingFaceCheckpoint.Open(folder.Path);
        Assert.Equal(shape, checkpoint.ReadDecoderShape());
        Assert.Equal("float32", checkpoint.Config.GetProperty("torch_dtype").GetString());
        using var merged = LlamaModel.Load(checkpoint, shape, ScalarType.Float32, CPU);
        Near.Check(expected, AdaptedDecoder.Logits(merged), 1e-4, 1e-4, family);
    }

    [Fact]
    public void A_large_model_is_split_and_loads_again()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var adapted = AdaptedDecoder.Nora();
        MergedExport.Write(folder.Path, adapted.Model, adapted.Adapters, null, ScalarType.Float32, new() { ShardBytes = 30_000 });
        var files = Directory.GetFiles(folder.Path, "*.safetensors").Select(Path.GetFileName).Order().ToArray();
        Assert.True(files.Length > 2, string.Join(", ", files));
        Assert.Equal($"model-00001-of-{files.Length:D5}.safetensors", files[0]);
        Assert.All(Directory.GetFiles(folder.Path, "*.safetensors"), file => Assert.InRange(new FileInfo(file).Length, 1, 34_000));
        SameFunction(adapted, folder.Path);

        // A second export into the same folder leaves nothing of the first.
        MergedExport.Write(folder.Path, adapted.Model, adapted.Adapters, null, ScalarType.BFloat16);
        Assert.Equal(["config.json", "model.safetensors"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        using var checkpoint = HuggingFaceCheckpoint.Open(folder.Path);
        Assert.All(checkpoint.Tensors, entry => Assert.Equal(ScalarType.BFloat16, entry.Dtype));
        Assert.Equal("bfloat16", checkpoint.Config.GetProperty("torch_dtype").GetString());
    }

    [Fact]
    public void Config_and_tokenizer_of_the_source_go_with_the_weights()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var source = HuggingFaceCheckpoint.Open(ShippedFile.Path("base-model/weights"));
        var shape = source.ReadDecoderShape();
        using var model = LlamaModel.Load(source, shape, ScalarType.BFloat16, CPU);
        MergedExport.Write(folder.Path, model, adapters: null, source, ScalarType.BFloat16);

        Assert.Equal(["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"],
            Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        Assert.Equal(File.ReadAllBytes(Path.Combine(source.Folder, "tokenizer.json")), File.ReadAllBytes(folder["tokenizer.json"]));
        using var copy = HuggingFaceCheckpoint.Open(folder.Path);
        Assert.Equal(source.Config.EnumerateObject().Select(key => key.Name), copy.Config.EnumerateObject().Select(key => key.Name));
        foreach (var entry in copy.Tensors) SameTensor.Check(source.Read(entry.Name), copy.Read(entry.Name), entry.Name);
    }

    /// <summary>It takes the old weights away first: a kill then leaves what was copied beside them.</summary>
    [Fact]
    public void An_export_that_was_cut_off_is_done_again_whatever_the_tokenizers_files_are()
    {
        using var folder = new TemporaryFolder();
        using var tokenizer = new TemporaryFolder();
        using var adapted = AdaptedDecoder.Nora();
        File.WriteAllText(tokenizer["vocab.txt"], "[PAD]");
        var options = new MergedExportOptions { TokenizerFiles = [tokenizer["vocab.txt"]] };
        MergedExport.Write(folder.Path, adapted.Model, adapted.Adapters, source: null, ScalarType.Float32, options);
        File.Delete(folder["model.safetensors"]);
        File.Delete(folder["config.json"]);
        MergedExport.Write(folder.Path, adapted.Model, adapted.Adapters, source: null, ScalarType.Float32, options);
        Assert.Equal(["config.json", "model.safetensors", "vocab.txt"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Folders_that_hold_another_model_are_never_overwritten()
    {
        using var folder = new TemporaryFolder();
        using var adapted = AdaptedDecoder.Nora();
        TinyCheckpoint.WriteConfig(folder);
        Assert.Contains("holds config.json, and no model that was exported here", Refusal());
        TinyCheckpoint.WriteShard(folder, "model.safetensors", "a");
        Assert.Contains("holds a model that was not exported here (model.safetensors)", Refusal());
        using (var source = HuggingFaceCheckpoint.Open(folder.Path)) Assert.Contains("is the base model's folder", Refusal(source));
        Assert.Equal(["config.json", "model.safetensors"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        using var whole = HuggingFaceCheckpoint.Open(folder.Path);

        string Refusal(HuggingFaceCheckpoint? source = null) => Assert.Throws<CheckpointException>(
            () => MergedExport.Write(folder.Path, adapted.Model, adapted.Adapters, source, ScalarType.Float32)).Message;
    }

    [Fact]
    public void Weights_that_do_not_fit_the_dtype_leave_a_folder_that_is_not_taken_for_a_model()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var adapted = AdaptedDecoder.Nora();
        using (no_grad()) adapted.Model.Projections.First().Weight[0, 0] = 1e6;
        var message = Assert.Throws<CheckpointException>(
            () => MergedExport.Write(folder.Path, adapted.Model, adapted.Adapters, null, ScalarType.Float16)).Message;
        Assert.Contains("model.layers.0.self_attn.q_proj.weight: 1 values of the merged weight are not finite in float16", message);
        Assert.Throws<CheckpointException>(() => HuggingFaceCheckpoint.Open(folder.Path));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static DecoderShape Shape(string family) => family switch
    {
        "mistral" => TinyDecoder.Shape() with { Architecture = Architecture.Mistral, SlidingWindow = 5 },
        "gemma" => TinyDecoder.Shape() with
        {
            Architecture = Architecture.Gemma,
            TiedEmbeddings = true,
            NormAddsOne = true,
            ScaledEmbeddings = true,
            Activation = GateActivation.GeluTanh,
        },
        "qwen2" => TinyDecoder.Shape() with { Architecture = Architecture.Qwen2, AttentionBias = AttentionBias.QueryKeyValue },
        "qwen3" => TinyDecoder.Shape() with { Architecture = Architecture.Qwen3, HeadNorms = true, SlidingWindow = 7 },
        "linear" => TinyDecoder.Shape() with { RopeScaling = new RopeScaling.Linear(2) },
        "tied" => TinyDecoder.Shape() with { TiedEmbeddings = true, AttentionBias = AttentionBias.All, FeedForwardBias = true },
        "scaled" => TinyDecoder.Shape() with { RopeTheta = 500000, NormEpsilon = 1e-6, RopeScaling = new RopeScaling.Llama3(8, 1, 4, 16) },
        _ => TinyDecoder.Shape(),
    };

    private static AdapterSet Adapt(LlamaModel model)
    {
        var set = new AdapterSet();
        using var generator = new Generator(3, CPU);
        foreach (var projection in model.Projections)
        {
            using var scope = NewDisposeScope();
            var adapter = new LoraAdapter(projection.OutFeatures, projection.InFeatures, rank: 2, alpha: 2, dropout: 0, CPU, seed: 4);
            adapter.SetFactors(randn([projection.OutFeatures, 2], generator: generator).mul_(0.3), adapter.A);
            set.Add(projection, adapter);
        }
        return set;
    }

    private static void SameFunction(AdaptedDecoder expected, string folder)
    {
        using var checkpoint = HuggingFaceCheckpoint.Open(folder);
        using var merged = LlamaModel.Load(checkpoint, expected.Model.Shape, ScalarType.Float32, CPU);
        Near.Check(expected.Logits(), AdaptedDecoder.Logits(merged), 1e-4, 1e-4, "logits");
    }
}
