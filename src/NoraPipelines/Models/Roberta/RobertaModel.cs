using NoraPipelines.Checkpoints;
using NoraPipelines.Models.Encoders;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Roberta;

/// <summary>RoBERTa with a head that classifies texts (RobertaForSequenceClassification of transformers).</summary>
public sealed class RobertaModel : EncoderModel
{
    private static readonly EncoderNames Names = new("roberta");

    // What other heads on the same encoder leave in files, and buffers of old versions of transformers.
    private static readonly string[] OtherHeads = ["lm_head.", "pooler.", "roberta.pooler.", ClassificationHead.Module + "."];

    private readonly int _paddingId;

    private RobertaModel(RobertaShape shape, ScalarType dtype, Device device, EncoderWeights weights, RobertaHead head)
        : base(shape, dtype, device, weights, head) => _paddingId = shape.PaddingId;

    private protected override int PaddingId => _paddingId;

    private protected override string ClassName => "RobertaForSequenceClassification";

    /// <summary>
    /// Reads a checkpoint's weights, converted to <paramref name="dtype"/>, the head in float32; all are frozen. A head for another
    /// number of labels, or none, is replaced by a new one (<see cref="EncoderModel.HasNewHead"/>).
    /// </summary>
    /// <param name="labels">Classes of the task; 1 for a regression.</param>
    /// <param name="headSeed">Decides a new head.</param>
    /// <exception cref="CheckpointException">Its config.json has another shape; a tensor is missing, unexpected or of another shape; a
    /// weight is NaN or infinite.</exception>
    public static RobertaModel Load(
        HuggingFaceCheckpoint checkpoint, RobertaShape shape, int labels, ScalarType dtype, Device device, int headSeed)
    {
        var stored = new EncoderCheckpoint(
            checkpoint, shape, Names, EncoderWeights.Expected(shape, Names), RobertaHead.Expected(shape, labels), Ignorable);
        return Build(shape, labels, dtype, device, stored.Encoder(dtype, device), stored.Head(headSeed, device), !stored.HasHead);
    }

    /// <summary>Matrices from N(0, 0.02²), norms that scale by one, biases zero.</summary>
    public static RobertaModel Random(RobertaShape shape, int labels, int seed, ScalarType dtype, Device device)
    {
        using var weights = new RandomWeights(seed, dtype, device);
        return Build(shape, labels, dtype, device, weights.Draw, EncoderCheckpoint.NewHead(seed, device), true);
    }

    /// <summary>
    /// Tokens count from the padding id + 1 on, padding tokens themselves get the padding id: create_position_ids_from_input_ids of
    /// modeling_roberta.py. [rows, tokens] int64.
    /// </summary>
    internal override Tensor PositionsOf(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var token = ids.ne(_paddingId).to(ScalarType.Int64); // [rows, tokens]
        return (token.cumsum(1) * token + _paddingId).MoveToOuterDisposeScope();
    }

    /// <summary>All tokens are of the first type.</summary>
    private protected override Tensor? TypesOf(Tensor? tokenTypes) => null;

    private static bool Ignorable(string name) =>
        name.EndsWith("position_ids", StringComparison.Ordinal) || OtherHeads.Any(head => name.StartsWith(head, StringComparison.Ordinal));

    private static RobertaModel Build(
        RobertaShape shape, int labels, ScalarType dtype, Device device, Func<string, long[], Tensor> read,
        Func<string, long[], Tensor> readHead, bool newHead) => TakenWeights.Build(taken =>
    {
        var head = new RobertaHead(shape, labels, taken.From(readHead));
        return new RobertaModel(shape, dtype, device, new EncoderWeights(shape, Names, taken.From(read)), head) { HasNewHead = newHead };
    });
}
