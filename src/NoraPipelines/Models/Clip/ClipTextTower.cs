using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Clip;

/// <summary>
/// Texts to features: words and positions, layers in which a token sees those before it, a norm, and the end token's state through a
/// projection. What stands behind the end token changes nothing, so texts may be cut after the last end of the batch. The stages are apart,
/// so that a method can give embeddings of its own.
/// </summary>
// Legend: rows = texts, tokens = their common length, hidden = width of the tower, embedding = of both towers.
public sealed class ClipTextTower : ClipTower
{
    private readonly int _vocabulary;
    private readonly int? _endToken;
    private readonly Tensor _words; // [vocabulary, hidden]
    private readonly Tensor _positions; // [positions, hidden]
    private readonly LayerNorm _norm;

    internal ClipTextTower(ClipShape shape, ClipTowerWeights weights)
        : base(weights, ClipNames.TextProjection, shape.EmbeddingSize)
    {
        (_vocabulary, _endToken) = (shape.VocabularySize, shape.EndToken);
        _words = weights.Read(ClipNames.Words, shape.VocabularySize, Shape.HiddenSize).DetachFromDisposeScope();
        _positions = weights.Read(ClipNames.TextPositions, Shape.Positions, Shape.HiddenSize).DetachFromDisposeScope();
        _norm = weights.Norm(ClipNames.TextNorm);
    }

    internal override IEnumerable<NamedTensor> Parameters =>
    [
        new(ClipNames.Words, _words), new(ClipNames.TextPositions, _positions), .. Layers.SelectMany(layer => layer.Parameters()), .. _norm.Parameters,
    ];

    /// <summary>Words alone, without positions: token ids [rows, tokens] int64 → [rows, tokens, hidden] in the model's dtype.</summary>
    /// <exception cref="NoraException">An id that the model does not know.</exception>
    public Tensor Embed(Tensor ids)
    {
        TokenIds.Check(ids, _vocabulary);
        using var scope = NewDisposeScope();
        return _words.index_select(0, ids.reshape(-1)).view(ids.shape[0], ids.shape[1], -1).MoveToOuterDisposeScope();
    }

    /// <summary>Words [rows, tokens, hidden] → the last hidden states after the norm, the same shape.</summary>
    /// <exception cref="NoraException">More tokens than the model has positions.</exception>
    public Tensor Hidden(Tensor words)
    {
        var tokens = words.shape[1];
        if (tokens > Shape.Positions)
        {
            throw new NoraException($"The model has positions for {Shape.Positions:N0} tokens and was given {tokens:N0} in a row. Shorten the texts: the template, "
                + "the class names or the context; or let the tokenizer cut them.");
        }
        using var scope = NewDisposeScope();
        var x = words + _positions.narrow(0, 0, tokens); // [rows, tokens, hidden]
        return _norm.Forward(ThroughLayers(x, AttentionMask.Build((int)tokens, (int)tokens, null, null, words.dtype, words.device))).MoveToOuterDisposeScope();
    }

    /// <summary>Where each text ends, [rows] int64: the first place of the end token, or of the row's highest id (<see cref="ClipShape.EndToken"/>).</summary>
    /// <param name="ids">[rows, tokens] int64.</param>
    public Tensor EndsOf(Tensor ids)
    {
        using var scope = NewDisposeScope();
        return (_endToken is { } end ? ids.eq(end).to(ScalarType.Int64) : ids).argmax(1).MoveToOuterDisposeScope();
    }

    /// <summary>Hidden states [rows, tokens, hidden] → those of the end token, [rows, hidden].</summary>
    /// <param name="ends">[rows] int64: places of the end token.</param>
    public static Tensor Pooled(Tensor hidden, Tensor ends)
    {
        using var scope = NewDisposeScope();
        var at = arange(hidden.shape[0], dtype: ScalarType.Int64, device: hidden.device) * hidden.shape[1] + ends; // [rows]
        return hidden.flatten(0, 1).index_select(0, at).MoveToOuterDisposeScope();
    }

    /// <summary>Hidden states [rows, tokens, hidden] → features [rows, embedding] float32, not normalised.</summary>
    /// <inheritdoc cref="Pooled"/>
    public Tensor Features(Tensor hidden, Tensor ends)
    {
        using var scope = NewDisposeScope();
        return Project(Pooled(hidden, ends)).MoveToOuterDisposeScope();
    }

    public override void Dispose()
    {
        base.Dispose();
        _words.Dispose();
        _positions.Dispose();
        _norm.Dispose();
    }
}
