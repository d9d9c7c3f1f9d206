using System.Text;
using NoraPipelines.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Checkpoints;

public class HuggingFaceCheckpointTests
{
    [Fact]
    public void A_single_file_opens_and_gives_shape_and_weights()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteConfig(folder);
        TinyCheckpoint.WriteShard(folder, "model.safetensors", "a", "bb");
        using var checkpoint = HuggingFaceCheckpoint.Open(folder.Path);
        Assert.Equal(["a", "bb"], checkpoint.Tensors.Select(entry => entry.Name));
        Assert.Equal(2, checkpoint.Read("bb", float64)[1, 2].ToDouble());
        var shape = checkpoint.ReadDecoderShape();
        Assert.Equal((4, 2, 1, true), (shape.HiddenSize, shape.HeadSize, shape.KeyValueHeadCount, shape.TiedEmbeddings));
        Assert.Contains("has no tensor 'cc'; it holds 2 others", Assert.Throws<CheckpointException>(() => checkpoint.Read("cc")).Message);
    }

    [Fact]
    public void Shards_open_as_one()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteSharded(folder);
        using var checkpoint = HuggingFaceCheckpoint.Open(folder.Path);
        Assert.Equal(["a", "b", "c"], checkpoint.Tensors.Select(entry => entry.Name));
        Assert.Equal(1, checkpoint.ReadFinite("c")[0, 0].ToSingle());
    }

    [Fact]
    public void A_missing_shard_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteSharded(folder);
        File.Delete(folder["model-00002-of-00002.safetensors"]);
        Assert.Contains("1 of its 2 files are missing: model-00002-of-00002.safetensors", TinyCheckpoint.Refusal(folder.Path));
    }

    [Fact]
    public void A_tensor_in_another_shard_than_listed_is_refused_with_both()
    {
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteConfig(folder);
        TinyCheckpoint.WriteShard(folder, "1.safetensors", "a");
        TinyCheckpoint.WriteShard(folder, "2.safetensors", "b", "c");
        TinyCheckpoint.WriteIndex(folder, ("a", "1.safetensors"), ("b", "2.safetensors"), ("c", "1.safetensors"));
        Assert.Contains("lists tensor 'c' in 1.safetensors, but it is in 2.safetensors", TinyCheckpoint.Refusal(folder.Path));
        TinyCheckpoint.WriteIndex(folder, ("a", "1.safetensors"), ("b", "2.safetensors"), ("d", "1.safetensors"));
        Assert.Contains("lists tensor 'd' in 1.safetensors, but it is in no shard", TinyCheckpoint.Refusal(folder.Path));
        TinyCheckpoint.WriteIndex(folder, ("a", "1.safetensors"), ("b", "2.safetensors"));
        Assert.Contains("holds tensor 'c', which model.safetensors.index.json lists nowhere", TinyCheckpoint.Refusal(folder.Path));
    }

    [Theory]
    [InlineData("../outside.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/model.safetensors")]
    [InlineData("..\\outside.safetensors")]
    [InlineData("C:model.safetensors")]
    [InlineData("..")]
    [InlineData("")]
    public void An_index_that_names_a_file_outside_the_folder_is_refused(string name)
    {
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteConfig(folder);
        TinyCheckpoint.WriteIndex(folder, ("a", name));
        Assert.Contains($"names the file '{name}', expected the plain name", TinyCheckpoint.Refusal(folder.Path));
    }

    [Fact]
    public void A_link_may_leave_the_folder_only_for_the_blobs_of_a_cache()
    {
        using var folder = new TemporaryFolder();
        using var cache = new TemporaryFolder();
        var snapshot = Directory.CreateDirectory(cache["models--owner--name/snapshots/abc"]).FullName;
        Directory.CreateDirectory(cache["models--owner--name/blobs"]);
        TinyCheckpoint.WriteShard(cache, "models--owner--name/blobs/0123", "a");
        TinyCheckpoint.WriteShard(cache, "elsewhere.safetensors", "a");
        File.WriteAllText(cache["models--owner--name/blobs/4567"], TinyCheckpoint.Config);
        File.CreateSymbolicLink(Path.Combine(snapshot, "model.safetensors"), "../../blobs/0123");
        File.CreateSymbolicLink(Path.Combine(snapshot, "config.json"), "../../blobs/4567");
        HuggingFaceCheckpoint.Open(snapshot).Dispose();
        Directory.CreateSymbolicLink(cache["to-snapshot"], snapshot);
        HuggingFaceCheckpoint.Open(cache["to-snapshot"]).Dispose();

        TinyCheckpoint.WriteConfig(folder);
        File.CreateSymbolicLink(folder["model.safetensors"], cache["elsewhere.safetensors"]);
        Assert.Contains("outside the folder", TinyCheckpoint.Refusal(folder.Path));

        // A link inside the folder, reached through a link to the folder itself.
        File.Delete(folder["model.safetensors"]);
        TinyCheckpoint.WriteShard(folder, "weights.safetensors", "a");
        File.CreateSymbolicLink(folder["model.safetensors"], "weights.safetensors");
        Directory.CreateSymbolicLink(cache["link"], folder.Path);
        HuggingFaceCheckpoint.Open(cache["link"]).Dispose();

        // A circle of links.
        File.Delete(folder["model.safetensors"]);
        File.CreateSymbolicLink(folder["model.safetensors"], "model.safetensors");
        Assert.Contains("model.safetensors", TinyCheckpoint.Refusal(folder.Path));
    }

    [Theory]
    [InlineData("pytorch_model.bin", "holds only pickled weights (pytorch_model.bin)")]
    [InlineData("consolidated.00.pth", "Pickles are never loaded")]
    [InlineData("weights.safetensors", "holds weights.safetensors, expected model.safetensors")]
    [InlineData("README.md", "holds no weights")]
    public void A_folder_without_safetensors_says_what_it_holds(string file, string message)
    {
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteConfig(folder);
        File.WriteAllBytes(folder[file], [1]);
        Assert.Contains(message, TinyCheckpoint.Refusal(folder.Path));
    }

    [Fact]
    public void Folders_that_are_none_or_hold_an_adapter_are_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("not found", TinyCheckpoint.Refusal(folder["nowhere"]));
        Assert.Contains("has no config.json", TinyCheckpoint.Refusal(folder.Path));
        File.WriteAllText(folder["adapter_config.json"], "{}");
        Assert.Contains("holds an adapter", TinyCheckpoint.Refusal(folder.Path));
        Assert.Contains("a file was found", TinyCheckpoint.Refusal(folder["adapter_config.json"]));
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "git lfs pull")]
    [InlineData("{\"model_type\":", "not valid JSON")]
    [InlineData("{\"model_type\":\"llama\",\"model_type\":\"mistral\"}", "not valid JSON")]
    [InlineData("[]", "expected a JSON object")]
    public void A_broken_config_is_refused(string config, string message)
    {
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteConfig(folder, config);
        TinyCheckpoint.WriteShard(folder, "model.safetensors", "a");
        Assert.Contains(message, TinyCheckpoint.Refusal(folder.Path));
    }

    [Fact]
    public void A_byte_order_mark_is_read_over_and_utf16_is_refused()
    {
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteShard(folder, "model.safetensors", "a");
        File.WriteAllText(folder["config.json"], TinyCheckpoint.Config, Encoding.UTF8);
        Assert.Equal(0xef, File.ReadAllBytes(folder["config.json"])[0]);
        HuggingFaceCheckpoint.Open(folder.Path).Dispose();
        File.WriteAllText(folder["config.json"], TinyCheckpoint.Config, Encoding.Unicode);
        Assert.Contains("UTF-16", TinyCheckpoint.Refusal(folder.Path));
        File.WriteAllBytes(folder["config.json"], [.. "{\"a\":\""u8, 0xe9, .. "\"}"u8]);
        Assert.Contains("not UTF-8", TinyCheckpoint.Refusal(folder.Path));
    }

    [Theory]
    [InlineData("{}", "weight_map")]
    [InlineData("""{"weight_map":{}}""", "is empty")]
    [InlineData("""{"weight_map":{"a":1}}""", "maps 'a' to Number")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","a":"2.safetensors"}}""", "not valid JSON")]
    public void A_broken_index_is_refused(string index, string message)
    {
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteConfig(folder);
        File.WriteAllText(folder["model.safetensors.index.json"], index);
        Assert.Contains(message, TinyCheckpoint.Refusal(folder.Path));
    }
}
