using NoraPipelines.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Checkpoints;

public class CheckpointChecksTests
{
    [Fact]
    public void Check_names_every_wrong_missing_and_unexpected_tensor_at_once()
    {
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteConfig(folder);
        TinyCheckpoint.WriteShard(folder, "model.safetensors", "good", "wrong", "extra", "rotary.inv_freq");
        using var checkpoint = HuggingFaceCheckpoint.Open(folder.Path);
        var expected = new Dictionary<string, long[]> { ["good"] = [2, 3], ["wrong"] = [3, 2], ["gone"] = [5] };
        var message = Assert.Throws<CheckpointException>(() => checkpoint.Check(expected, name => name.EndsWith("inv_freq"))).Message;
        Assert.Contains("1 of another shape, 1 missing, 1 unexpected", message);
        Assert.Contains("wrong is [2, 3], expected [3, 2]", message);
        Assert.Contains("missing: gone [5]", message);
        Assert.Contains("unexpected: extra [2, 3]", message);
        Assert.DoesNotContain("inv_freq", message);
        Assert.DoesNotContain("good", message);

        expected = new Dictionary<string, long[]> { ["good"] = [2, 3], ["wrong"] = [2, 3], ["extra"] = [2, 3] };
        checkpoint.Check(expected, name => name.EndsWith("inv_freq"));
    }

    [Fact]
    public void A_config_that_contradicts_the_planned_shape_is_refused_with_both_values()
    {
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteConfig(folder);
        TinyCheckpoint.WriteShard(folder, "model.safetensors", "a");
        using var checkpoint = HuggingFaceCheckpoint.Open(folder.Path);
        var shape = checkpoint.ReadDecoderShape();
        checkpoint.CheckShape(shape);
        var message = Assert.Throws<CheckpointException>(
            () => checkpoint.CheckShape(shape with { HiddenSize = 8, SlidingWindow = 4, RopeTheta = 500000 })).Message;
        Assert.Contains("HiddenSize: the checkpoint has 4, the program expects 8", message);
        Assert.Contains("SlidingWindow: the checkpoint has none, the program expects 4", message);
        Assert.Contains("RopeTheta: the checkpoint has 10000, the program expects 500000", message);
        Assert.DoesNotContain("VocabularySize", message);
        Assert.Contains("config.json", message);
    }

    [Fact]
    public void A_config_that_describes_no_decoder_is_refused_with_every_problem()
    {
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteConfig(folder, """{"model_type":"llama","hidden_size":-4,"num_attention_heads":"two"}""");
        TinyCheckpoint.WriteShard(folder, "model.safetensors", "a");
        using var checkpoint = HuggingFaceCheckpoint.Open(folder.Path);
        var message = Assert.Throws<CheckpointException>(checkpoint.ReadDecoderShape).Message;
        Assert.Contains("hidden_size is -4", message);
        Assert.Contains("num_attention_heads is 'two'", message);
        Assert.Contains("config.json", message);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.Float64)]
    public void Weights_that_are_not_finite_are_refused_with_their_number(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var weights = ones(40, 50, dtype);
        SafetensorsWriter.Write(folder["good"], [new("w", weights)]);
        using (var good = SafetensorsFile.Open(folder["good"])) SameTensor.Check(weights, good.ReadFinite("w"));
        weights[3, 1] = double.NaN;
        weights[7, 1] = double.PositiveInfinity;
        weights[39, 1] = double.NegativeInfinity;
        SafetensorsWriter.Write(folder["bad"], [new("w", weights)]);
        using var file = SafetensorsFile.Open(folder["bad"]);
        var message = Assert.Throws<CheckpointException>(() => file.ReadFinite("w", float32)).Message;
        Assert.Contains("tensor 'w'", message);
        Assert.Contains("has 3 of 2000 values that are NaN or infinite", message);
        Assert.Equal([40, 50], file.Read("w").shape);
    }

    [Fact]
    public void Weights_too_large_for_the_wanted_dtype_are_refused()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder["a"], [new("w", tensor([1f, 70000f]))]);
        using var file = SafetensorsFile.Open(folder["a"]);
        Assert.Contains("has 1 values too large for float16",
            Assert.Throws<CheckpointException>(() => file.ReadFinite("w", float16)).Message);
    }

    [Fact]
    public void A_bool_byte_other_than_0_and_1_is_refused()
    {
        using var folder = new TemporaryFolder();
        var bytes = RawSafetensors.Bytes("""{"m":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}""", 2);
        bytes[^1] = 2;
        File.WriteAllBytes(folder["a"], bytes);
        using var file = SafetensorsFile.Open(folder["a"]);
        Assert.Contains("holds the byte 2, expected 0 or 1", Assert.Throws<CheckpointException>(() => file.Read("m")).Message);
    }

    [Fact]
    public void A_file_cut_off_after_opening_is_refused_not_fatal()
    {
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteShard(folder, "a", "w");
        using var file = SafetensorsFile.Open(folder["a"]);
        // Another program's view of the file, which .NET's advisory lock does not bind.
        using (var shorter = new FileStream(folder["a"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) shorter.SetLength(20);
        Assert.Contains("ended at byte", Assert.Throws<CheckpointException>(() => file.Read("w")).Message);
    }
}
