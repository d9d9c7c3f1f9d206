using NoraPipelines.Checkpoints;
using NoraPipelines.Data;
using NoraPipelines.Models.Roberta;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Roberta;

/// <summary>A tiny encoder with what the reference implementation computed for it (tests/golden).</summary>
internal sealed class GoldenEncoder : IDisposable
{
    public const string Folder = "roberta-tiny";
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly SafetensorsFile _inputs = SafetensorsFile.Open(GoldenFile.Path($"{Folder}/inputs.safetensors"));
    private readonly SafetensorsFile _outputs = SafetensorsFile.Open(GoldenFile.Path($"{Folder}/outputs.safetensors"));

    public GoldenEncoder(int labels = 3)
    {
        using var checkpoint = HuggingFaceCheckpoint.Open(GoldenFile.Path(Folder));
        Shape = (RobertaShape)checkpoint.ReadShape();
        Model = RobertaModel.Load(checkpoint, Shape, labels, ScalarType.Float32, TestDevice.Here, headSeed: 1);
    }

    public RobertaShape Shape { get; }

    public RobertaModel Model { get; }

    public Tensor Ids => _inputs.ReadHere("input_ids");

    /// <summary>[rows, tokens] bool.</summary>
    public Tensor Mask => _inputs.ReadHere("attention_mask").to(ScalarType.Bool);

    public IEnumerable<string> Gradients => _outputs.Tensors.Keys
        .Where(name => name.StartsWith("grad.", StringComparison.Ordinal)).Select(name => name["grad.".Length..]);

    public Tensor Output(string name) => _outputs.ReadHere(name);

    /// <summary>The batch of the reference; the caller disposes.</summary>
    public TextBatch Batch()
    {
        var ids = Ids;
        return new TextBatch(ids, ids.new_full(ids.shape, TextBatch.Ignored), Mask, (int)ids.shape[0])
        {
            RowLabels = _inputs.ReadHere("labels").to(ScalarType.Float32),
        };
    }

    public void Dispose()
    {
        Model.Dispose();
        _inputs.Dispose();
        _outputs.Dispose();
        _scope.Dispose();
    }
}
