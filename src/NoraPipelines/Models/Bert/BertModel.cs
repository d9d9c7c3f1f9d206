using NoraPipelines.Checkpoints;
using NoraPipelines.Models.Encoders;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Bert;

/// <summary>BERT (Devlin et al. 2019) with a head that classifies texts (BertForSequenceClassification of transformers).</summary>
public sealed class BertModel : EncoderModel
{
    private static readonly EncoderNames Names = new("bert");

    // What other heads on the same encoder leave in files, and buffers of old versions of transformers.
    private static readonly string[] OtherHeads = ["cls.", "qa_outputs.", ClassificationHead.Module + "."];

    private readonly BertPooler _pooler;

    private BertModel(BertShape shape, ScalarType dtype, Device device, EncoderWeights weights, BertHead head)
        : base(shape, dtype, device, weights, head) => _pooler = new BertPooler(shape, weights);

    private protected override IReadOnlyList<NamedTensor> PoolerParameters => _pooler.Parameters;

    private protected override int PaddingId => 0;

    private protected override string ClassName => "BertForSequenceClassification";

    /// <summary>
    /// Reads a checkpoint's weights, converted to <paramref name="dtype"/>, the head in float32; all are frozen. A head for another
    /// number of labels, or none, is replaced by a new one (<see cref="EncoderModel.HasNewHead"/>).
    /// </summary>
    /// <param name="labels">Classes of the task; 1 for a regression.</param>
    /// <param name="headSeed">Decides a new head.</param>
    /// <exception cref="CheckpointException">Its config.json has another shape; a tensor is missing, unexpected or of another shape; a
    /// weight is NaN or infinite.</exception>
    public static BertModel Load(HuggingFaceCheckpoint checkpoint, BertShape shape, int labels, ScalarType dtype, Device device, int headSeed)
    {
        if (!checkpoint.Tensors.Any(entry => entry.Name.EndsWith("pooler.dense.weight", StringComparison.Ordinal)))
        {
            throw new CheckpointException($"{checkpoint.Folder}: has no pooler (pooler.dense.weight), which the head of a classifier reads; expected one, as "
                + "BertModel has it. Models for masked words are saved without: load this one once with transformers' "
                + "BertForSequenceClassification, which makes a new pooler, and save it.");
        }
        var expected = EncoderWeights.Expected(shape, Names);
        foreach (var (name, size) in BertPooler.Expected(shape, Names)) expected[name] = size;
        var stored = new EncoderCheckpoint(checkpoint, shape, Names, expected, BertHead.Expected(shape, labels), Ignorable);
        return Build(shape, labels, dtype, device, stored.Encoder(dtype, device), stored.Head(headSeed, device), !stored.HasHead);
    }

    /// <summary>Matrices from N(0, 0.02²), norms that scale by one, biases zero.</summary>
    public static BertModel Random(BertShape shape, int labels, int seed, ScalarType dtype, Device device)
    {
        using var weights = new RandomWeights(seed, dtype, device);
        return Build(shape, labels, dtype, device, weights.Draw, EncoderCheckpoint.NewHead(seed, device), true);
    }

    /// <summary>0, 1, … for every row, padding included: modeling_bert.py. [1, tokens] int64.</summary>
    internal override Tensor PositionsOf(Tensor ids) => arange(ids.shape[1], dtype: ScalarType.Int64, device: ids.device).unsqueeze(0);

    private protected override Tensor? TypesOf(Tensor? tokenTypes) => tokenTypes;

    private protected override Tensor Pooled(Tensor first) => _pooler.Forward(first);

    /// <summary>pooler_output of modeling_bert.py: hidden states [rows, tokens, hidden] → [rows, hidden].</summary>
    public Tensor PoolerOutput(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return Pooled(hidden.select(1, 0)).MoveToOuterDisposeScope();
    }

    public override void Dispose()
    {
        base.Dispose();
        _pooler.Dispose();
    }

    private static bool Ignorable(string name) =>
        name.EndsWith("position_ids", StringComparison.Ordinal) || name.EndsWith("token_type_ids", StringComparison.Ordinal) || OtherHeads.Any(head => name.StartsWith(head, StringComparison.Ordinal));

    private static BertModel Build(
        BertShape shape, int labels, ScalarType dtype, Device device, Func<string, long[], Tensor> read,
        Func<string, long[], Tensor> readHead, bool newHead) => TakenWeights.Build(taken =>
    {
        var head = new BertHead(shape, labels, taken.From(readHead));
        return new BertModel(shape, dtype, device, new EncoderWeights(shape, Names, taken.From(read)), head) { HasNewHead = newHead };
    });
}
