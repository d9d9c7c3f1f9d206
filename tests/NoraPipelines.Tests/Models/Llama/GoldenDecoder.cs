using NoraPipelines.Checkpoints;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Llama;

/// <summary>A tiny decoder with what the reference implementation computed for it (tests/golden).</summary>
internal sealed class GoldenDecoder : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly SafetensorsFile _inputs;
    private readonly SafetensorsFile _outputs;

    public GoldenDecoder(string name, ScalarType dtype = ScalarType.Float32)
    {
        using var checkpoint = HuggingFaceCheckpoint.Open(GoldenFile.Path(name));
        Shape = checkpoint.ReadDecoderShape();
        Model = LlamaModel.Load(checkpoint, Shape, dtype, TestDevice.Here);
        _inputs = SafetensorsFile.Open(GoldenFile.Path($"{name}/inputs.safetensors"));
        _outputs = SafetensorsFile.Open(GoldenFile.Path($"{name}/outputs.safetensors"));
    }

    public DecoderShape Shape { get; }

    public LlamaModel Model { get; }

    public IEnumerable<string> Gradients => _outputs.Tensors.Keys
        .Where(name => name.StartsWith("grad.", StringComparison.Ordinal)).Select(name => name["grad.".Length..]);

    /// <summary>[rows, tokens] bool.</summary>
    public Tensor Mask => Input("attention_mask").to(ScalarType.Bool);

    public Tensor Input(string name) => _inputs.ReadHere(name);

    public Tensor Output(string name) => _outputs.ReadHere(name);

    public void Dispose()
    {
        Model.Dispose();
        _inputs.Dispose();
        _outputs.Dispose();
        _scope.Dispose();
    }
}
