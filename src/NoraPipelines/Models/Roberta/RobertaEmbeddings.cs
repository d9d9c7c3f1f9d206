using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Roberta;

/// <summary>norm(word + token type + position); the norm's output is dropped out in training.</summary>
internal sealed class RobertaEmbeddings : IDisposable
{
    private readonly EncoderShape _shape;
    private readonly Tensor _words; // [vocabulary, hidden]
    private readonly Tensor _positions; // [positionRows, hidden]
    private readonly Tensor _types; // [types, hidden]
    private readonly LayerNorm _norm;

    public RobertaEmbeddings(EncoderShape shape, RobertaWeights weights)
    {
        _shape = shape;
        _words = weights.Read(RobertaWeights.Words, shape.VocabularySize, shape.HiddenSize).DetachFromDisposeScope();
        _positions = weights.Read(RobertaWeights.Positions, shape.PositionRows, shape.HiddenSize).DetachFromDisposeScope();
        _types = weights.Read(RobertaWeights.Types, shape.TokenTypes, shape.HiddenSize).DetachFromDisposeScope();
        _norm = weights.Norm(RobertaWeights.EmbeddingsNorm, shape.HiddenSize);
    }

    public IEnumerable<NamedTensor> Parameters =>
        [new(RobertaWeights.Words, _words), new(RobertaWeights.Positions, _positions), new(RobertaWeights.Types, _types), .. _norm.Parameters];

    /// <summary>ids [rows, tokens] int64 → [rows, tokens, hidden].</summary>
    public Tensor Forward(Tensor ids, in EncoderPass pass)
    {
        using var scope = NewDisposeScope();
        var x = Look(_words, ids) + _types[0] + Look(_positions, PositionsOf(ids)); // [rows, tokens, hidden]
        return pass.Drop(_norm.Forward(x)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Tokens count from the padding id + 1 on, padding tokens themselves get the padding id: create_position_ids_from_input_ids of
    /// modeling_roberta.py. [rows, tokens] int64.
    /// </summary>
    internal Tensor PositionsOf(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var token = ids.ne(_shape.PaddingId).to(ScalarType.Int64); // [rows, tokens]
        return (token.cumsum(1) * token + _shape.PaddingId).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _words.Dispose();
        _positions.Dispose();
        _types.Dispose();
        _norm.Dispose();
    }

    private static Tensor Look(Tensor table, Tensor ids) =>
        table.index_select(0, ids.reshape(-1)).view(ids.shape[0], ids.shape[1], -1);
}
