using System.Security.Cryptography;
using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Models.Clip;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Clip;

/// <summary>Files by OpenAI's and open_clip's names, whose tensors' hashes are in tests/golden/clip-layouts.</summary>
public sealed class ClipLayoutTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();
    private readonly HuggingFaceCheckpoint _published = HuggingFaceCheckpoint.Open(GoldenFile.Path(GoldenClip.Folder));

    public ClipLayoutTests() => File.Copy(GoldenFile.Path($"{GoldenClip.Folder}/config.json"), _folder["config.json"]);

    public void Dispose()
    {
        _published.Dispose();
        _folder.Dispose();
        _scope.Dispose();
    }

    private ClipShape Shape => (ClipShape)_published.ReadShape();

    [Fact]
    public void Stacked_and_transposed_tensors_are_byte_for_byte_OpenAIs()
    {
        var lines = File.ReadAllLines(GoldenFile.Path("clip-layouts/keys.tsv")).Skip(1).Select(line => line.Split('\t')).ToArray();
        var tensors = ClipLayout.Of(Shape, ["visual.proj"]).Tensors.ToDictionary(stored => stored.Name);
        Assert.Equal(lines.Length, tensors.Count);
        foreach (var line in lines)
        {
            Assert.Equal(line[1], line[2]); // open_clip's name
            var stored = tensors[line[1]];
            Assert.Equal(line[0].Split(" + "), stored.Names);
            using var joined = Joined(stored);
            Assert.Equal(line[4], $"[{string.Join(", ", joined.shape)}]");
            Assert.Equal(line[5], Convert.ToHexStringLower(SHA256.HashData(joined.bytes))[..16]);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("text.")]
    public void A_file_by_OpenAIs_or_open_clips_names_gives_the_same_model_to_the_bit(string text)
    {
        Write(text, extra: []);
        using var loaded = GoldenClip.Load(_folder.Path);
        using var expected = GoldenClip.Load(GoldenFile.Path(GoldenClip.Folder));
        foreach (var (wanted, found) in expected.Parameters.Zip(loaded.Parameters)) Near.Check(wanted.Value, found.Value, 0, 0, wanted.Name);
    }

    [Fact]
    public void What_was_read_by_OpenAIs_names_is_written_by_Hugging_Faces()
    {
        Write("", extra: []);
        using var source = HuggingFaceCheckpoint.Open(_folder.Path);
        using var model = ClipModel.Load(source, Shape, ScalarType.Float32, CPU);
        using var folder = new TemporaryFolder();
        MergedExport.Write(folder.Path, model, adapters: null, source, ScalarType.Float32);
        using var written = SafetensorsFile.Open(folder["model.safetensors"]);
        Assert.Equal(_published.Tensors.Select(entry => entry.Name), written.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach (var name in written.Tensors.Keys) Assert.Equal(_published.Read(name).bytes.ToArray(), written.Read(name).bytes.ToArray());
    }

    [Fact]
    public void Sizes_masks_and_positions_that_files_keep_are_passed_over()
    {
        var one = tensor(77L);
        Write("", new() { ["input_resolution"] = one, ["context_length"] = one, ["vocab_size"] = one, ["attn_mask"] = zeros(20, 20) });
        GoldenClip.Load(_folder.Path).Dispose();
        Write(null, new() { ["text_model.embeddings.position_ids"] = arange(20).unsqueeze(0), ["vision_model.embeddings.position_ids"] = arange(17).unsqueeze(0) });
        GoldenClip.Load(_folder.Path).Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void Any_other_tensor_and_a_missing_one_are_refused_by_the_files_names(string? text)
    {
        Write(text, new() { ["logit_bias"] = zeros(1) }, without: text is null ? "text_model.final_layer_norm.bias" : "ln_final.bias");
        var message = Assert.Throws<CheckpointException>(() => GoldenClip.Load(_folder.Path)).Message;
        Assert.Contains("unexpected: logit_bias [1]", message);
        Assert.Contains(text is null ? "missing: text_model.final_layer_norm.bias [48]" : "missing: ln_final.bias [48]", message);
    }

    [Fact]
    public void A_stacked_tensor_of_another_shape_is_refused_with_both()
    {
        Write("", new() { ["transformer.resblocks.0.attn.in_proj_weight"] = zeros(48, 48) }, without: "transformer.resblocks.0.attn.in_proj_weight");
        Assert.Contains("transformer.resblocks.0.attn.in_proj_weight is [48, 48], expected [144, 48]",
            Assert.Throws<CheckpointException>(() => GoldenClip.Load(_folder.Path)).Message);
    }

    /// <param name="text">What stands before the text tower's names; null: Hugging Face's names.</param>
    private void Write(string? text, Dictionary<string, Tensor> extra, string? without = null)
    {
        string[] names = text switch { null => [], "" => ["visual.proj"], _ => ["visual.proj", "text.token_embedding.weight"] };
        var tensors = ClipLayout.Of(Shape, names).Tensors.Where(stored => stored.Name != without).ToDictionary(stored => stored.Name, Joined);
        foreach (var (name, value) in extra) tensors[name] = value;
        SafetensorsWriter.Write(_folder["model.safetensors"], tensors);
    }

    private Tensor Joined(ClipStored stored)
    {
        Tensor[] parts = [.. stored.Names.Select(name => _published.Read(name))];
        return stored.Transposed ? parts[0].t().contiguous() : parts.Length == 1 ? parts[0] : cat(parts);
    }
}
