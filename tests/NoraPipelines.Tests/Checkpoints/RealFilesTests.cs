using NoraPipelines.Checkpoints;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Checkpoints;

public class RealFilesTests(ITestOutputHelper output)
{
    [SharedFact("golden", "data/models")]
    public void Every_reference_file_is_read_and_written_back_with_the_same_values()
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(Shared.Path("golden"), "*.safetensors", SearchOption.AllDirectories),
            .. Directory.EnumerateFiles(Shared.Path("data/models"), "*.safetensors", SearchOption.AllDirectories),
        ];
        using var folder = new TemporaryFolder();
        var tensors = 0;
        foreach (var path in files)
        {
            using var scope = NewDisposeScope();
            using var file = SafetensorsFile.Open(path);
            var read = file.Tensors.Keys.ToDictionary(name => name, name => file.Read(name));
            SafetensorsWriter.Write(folder["copy"], read, file.Metadata);
            using var copy = SafetensorsFile.Open(folder["copy"]);
            Assert.Equal(file.Tensors.Keys.Order(), copy.Tensors.Keys.Order());
            Assert.Equal(file.Metadata, copy.Metadata);
            foreach (var (name, tensor) in read)
            {
                SameTensor.Check(tensor, copy.Read(name), $"{path}: {name}");
                Assert.Equal(file.Tensors[name].Description, copy.Tensors[name].Description);
            }
            tensors += read.Count;
        }
        output.WriteLine($"{files.Length} files, {tensors} tensors");
        Assert.True(files.Length >= 80, $"found only {files.Length} files");
    }

    [SharedTheory("golden", "data/models")]
    [InlineData("data/models/stories260k", 260032)]
    [InlineData("data/models/babyllama-105", 936448)]
    [InlineData("golden/llama-tiny", null)]
    [InlineData("golden/llama-tiny-rope-llama3", null)]
    [InlineData("golden/mistral-tiny", null)]
    [InlineData("golden/gemma-tiny", null)]
    [InlineData("golden/llama2c-tiny", null)]
    public void Weights_of_a_reference_model_are_finite_and_add_up_to_its_shape(string folder, int? parameters)
    {
        using var scope = NewDisposeScope();
        using var checkpoint = HuggingFaceCheckpoint.Open(Shared.Path(folder));
        var shape = checkpoint.ReadDecoderShape();
        checkpoint.CheckShape(shape);
        var values = checkpoint.Tensors.Sum(entry => checkpoint.ReadFinite(entry.Name, float32).numel());
        Assert.Equal(shape.TotalParameters, values);
        if (parameters is { } known) Assert.Equal(known, values);
    }
}
