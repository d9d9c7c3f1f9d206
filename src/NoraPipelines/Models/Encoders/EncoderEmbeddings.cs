using NoraPipelines.Interop;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Encoders;

/// <summary>norm(word + token type + position); the norm's output is dropped out in training.</summary>
internal sealed class EncoderEmbeddings : IDisposable
{
    private readonly Tensor _words; // [vocabulary, hidden]
    private readonly Tensor _positions; // [positionRows, hidden]
    private readonly Tensor _types; // [types, hidden]
    private readonly LayerNorm _norm;

    public EncoderEmbeddings(EncoderShape shape, EncoderWeights weights)
    {
        var names = weights.Names;
        _words = weights.Read(names.Words, shape.VocabularySize, shape.HiddenSize).DetachFromDisposeScope();
        _positions = weights.Read(names.Positions, shape.PositionRows, shape.HiddenSize).DetachFromDisposeScope();
        _types = weights.Read(names.Types, shape.TokenTypes, shape.HiddenSize).DetachFromDisposeScope();
        _norm = weights.Norm(names.EmbeddingsNorm, shape.HiddenSize);
        Parameters = [new(names.Words, _words), new(names.Positions, _positions), new(names.Types, _types), .. _norm.Parameters];
    }

    public IReadOnlyList<NamedTensor> Parameters { get; }

    /// <summary>ids [rows, tokens] int64 → [rows, tokens, hidden].</summary>
    /// <param name="positions">[rows or 1, tokens] int64.</param>
    /// <param name="types">[rows, tokens] int64; null: the first type throughout.</param>
    public Tensor Forward(Tensor ids, Tensor positions, Tensor? types, in EncoderPass pass)
    {
        using var part = StepRange.Enter(Parts.Embedding);
        using var scope = NewDisposeScope();
        var type = types is null ? _types[0] : Look(_types, types); // [hidden] or [rows, tokens, hidden]
        var x = Look(_words, ids) + type + Look(_positions, positions); // [rows, tokens, hidden]
        return pass.Drop(_norm.Forward(x)).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _words.Dispose();
        _positions.Dispose();
        _types.Dispose();
        _norm.Dispose();
    }

    private static Tensor Look(Tensor table, Tensor at) =>
        table.index_select(0, at.reshape(-1)).view(at.shape[0], at.shape[1], -1);
}
