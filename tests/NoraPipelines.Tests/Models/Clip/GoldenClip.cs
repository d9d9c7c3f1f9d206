using NoraPipelines.Checkpoints;
using NoraPipelines.Data;
using NoraPipelines.Models.Clip;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Clip;

/// <summary>A tiny CLIP with what a reference implementation computed for it (tests/golden).</summary>
internal sealed class GoldenClip : IDisposable
{
    public const string Folder = "clip-tiny";
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly SafetensorsFile _inputs;
    private readonly SafetensorsFile _outputs;

    /// <param name="folder">Of inputs and outputs; the weights are those of clip-tiny.</param>
    /// <param name="inputs">Of another folder where that has none.</param>
    public GoldenClip(string folder = Folder, string? inputs = null)
    {
        _inputs = SafetensorsFile.Open(GoldenFile.Path($"{inputs ?? folder}/inputs.safetensors"));
        _outputs = SafetensorsFile.Open(GoldenFile.Path($"{folder}/outputs.safetensors"));
        Model = Load(GoldenFile.Path(Folder));
    }

    public ClipModel Model { get; }

    /// <summary>[rows, 3, size, size].</summary>
    public Tensor Pixels => Input("pixel_values");

    public IEnumerable<string> Gradients => _outputs.Tensors.Keys
        .Where(name => name.StartsWith("grad.", StringComparison.Ordinal)).Select(name => name["grad.".Length..]);

    public IEnumerable<string> Inputs => _inputs.Tensors.Keys;

    public Tensor Input(string name) => _inputs.ReadHere(name);

    public Tensor Output(string name) => _outputs.ReadHere(name);

    /// <summary>Prompts of the file, cut after their end tokens.</summary>
    public static PromptBatch Prompts(Tensor ids) => PromptBatch.Of(Texts(ids), TestDevice.Here);

    /// <summary>Ids of each prompt up to its end token.</summary>
    public static int[][] Texts(Tensor ids)
    {
        var rows = Enumerable.Range(0, (int)ids.shape[0]).Select(row => ids[row].cpu().data<long>().Select(id => (int)id).ToArray());
        return [.. rows.Select(row => row[..(Array.IndexOf(row, row.Max()) + 1)])];
    }

    public static ClipModel Load(string folder, Action<string>? report = null)
    {
        using var checkpoint = HuggingFaceCheckpoint.Open(folder);
        checkpoint.Report = report;
        return ClipModel.Load(checkpoint, (ClipShape)checkpoint.ReadShape(), ScalarType.Float32, TestDevice.Here);
    }

    public void Dispose()
    {
        Model.Dispose();
        _inputs.Dispose();
        _outputs.Dispose();
        _scope.Dispose();
    }
}
