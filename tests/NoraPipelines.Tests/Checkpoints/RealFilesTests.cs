using NoraPipelines.Checkpoints;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Checkpoints;

public class RealFilesTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_reference_file_is_read_and_written_back_with_the_same_values() =>
        ReadAndWriteBack([.. Directory.EnumerateFiles(GoldenFile.Path(""), "*.safetensors", SearchOption.AllDirectories)], atLeast: 77);

    [SharedFact("data/models")]
    public void So_is_every_published_model() =>
        ReadAndWriteBack([.. Directory.EnumerateFiles(Shared.Path("data/models"), "*.safetensors", SearchOption.AllDirectories)], atLeast: 2);

    [Theory]
    [InlineData("llama-tiny")]
    [InlineData("llama-tiny-rope-llama3")]
    [InlineData("mistral-tiny")]
    [InlineData("gemma-tiny")]
    [InlineData("llama2c-tiny")]
    public void Weights_of_a_reference_model_are_finite_and_add_up_to_its_shape(string name) => AssertWhole(GoldenFile.Path(name));

    [SharedTheory("data/models")]
    [InlineData("stories260k", 260032)]
    [InlineData("babyllama-105", 936448)]
    public void So_are_the_weights_of_a_published_model(string name, int parameters) =>
        Assert.Equal(parameters, AssertWhole(Shared.Path($"data/models/{name}")));

    /// <summary>Number of values in a model's weights.</summary>
    private static long AssertWhole(string folder)
    {
        using var scope = NewDisposeScope();
        using var checkpoint = HuggingFaceCheckpoint.Open(folder);
        var shape = checkpoint.ReadDecoderShape();
        checkpoint.CheckShape(shape);
        var values = checkpoint.Tensors.Sum(entry => checkpoint.ReadFinite(entry.Name, float32).numel());
        Assert.Equal(shape.TotalParameters, values);
        return values;
    }

    private void ReadAndWriteBack(string[] files, int atLeast)
    {
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
        Assert.True(files.Length >= atLeast, $"found only {files.Length} files");
    }
}
