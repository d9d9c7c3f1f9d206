using NoraPipelines.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Checkpoints;

public class SafetensorsRoundTripTests
{
    private static readonly ScalarType[] Dtypes =
    [
        ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Int32,
        ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
    ];

    [Fact]
    public void Every_dtype_comes_back_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var written = Dtypes.ToDictionary(dtype => dtype.ToString(), dtype => arange(-7, 8).reshape(3, 5).to(dtype));
        written["scalar"] = tensor(2.5f);
        written["empty"] = zeros(3, 0, 2);
        SafetensorsWriter.Write(folder["a.safetensors"], written, new Dictionary<string, string> { ["format"] = "pt", ["ä"] = "\"\n" });

        using var file = SafetensorsFile.Open(folder["a.safetensors"]);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal("\"\n", file.Metadata["ä"]);
        Assert.Equal(written.Keys.Order(), file.Tensors.Keys.Order());
        foreach (var (name, expected) in written)
        {
            SameTensor.Check(expected, file.Read(name), name);
        }
    }

    [Fact]
    public void Same_tensors_in_another_order_give_the_same_bytes()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        KeyValuePair<string, Tensor>[] tensors = [new("b", ones(3)), new("a", ones(2, dtype: int8)), new("c", ones(1))];
        SafetensorsWriter.Write(folder["1"], tensors, new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" });
        SafetensorsWriter.Write(folder["2"], tensors.Reverse(), new Dictionary<string, string> { ["y"] = "2", ["x"] = "1" });

        var first = File.ReadAllBytes(folder["1"]);
        Assert.Equal(first, File.ReadAllBytes(folder["2"]));
        using var file = SafetensorsFile.Open(folder["1"]);
        Assert.Equal(["b", "c", "a"], file.Tensors.Values.OrderBy(entry => entry.Begin).Select(entry => entry.Name));
        Assert.Equal(0, (first.Length - file.Tensors["a"].End) % 8);
    }

    [Fact]
    public void Views_and_transposes_are_written_by_their_values()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var source = arange(24).reshape(4, 6).to(float32);
        SafetensorsWriter.Write(folder["a"], [new("t", source.t()), new("row", source[2]), new("column", source[.., 3])]);
        using var file = SafetensorsFile.Open(folder["a"]);
        SameTensor.Check(source.t(), file.Read("t"));
        SameTensor.Check(source[2], file.Read("row"));
        SameTensor.Check(source[.., 3], file.Read("column"));
    }

    [Fact]
    public void Reading_converts_and_the_tensor_outlives_the_file()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder["a"], [new("w", tensor([1.5f, -2f]))]);
        Tensor read;
        using (var file = SafetensorsFile.Open(folder["a"])) read = file.Read("w", bfloat16);
        File.WriteAllBytes(folder["a"], []);
        Assert.Equal(bfloat16, read.dtype);
        Assert.Equal([1.5f, -2f], read.to(float32).data<float>().ToArray());
    }

    [Fact]
    public void A_tensor_beyond_4_GB_is_read_from_its_place()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        const long Large = 5_000_000_000;
        var header = """{"large":{"dtype":"U8","shape":[N],"data_offsets":[0,N]},"last":{"dtype":"I32","shape":[2],"data_offsets":[N,E]}}"""
            .Replace("N", $"{Large}").Replace("E", $"{Large + 8}");
        var start = RawSafetensors.Bytes(header, 0);
        using (var stream = File.Create(folder["a"]))
        {
            // Bytes that are never written take no room on the disk.
            stream.Write(start);
            stream.Position = start.Length + Large;
            stream.Write([1, 0, 0, 0, 2, 1, 0, 0]);
        }
        using var file = SafetensorsFile.Open(folder["a"]);
        Assert.Equal(Large, file.Tensors["large"].Bytes);
        Assert.Equal([1, 258], file.Read("last").data<int>().ToArray());
    }
}
