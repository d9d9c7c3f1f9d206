using NoraPipelines.Data;
using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>A model that continues texts token by token.</summary>
// Legend: rows = texts of the batch, tokens = their common length, hidden = width of the residual stream.
public interface ICausalModel : ITokenModel
{
    /// <summary>The matrix that <see cref="Logits"/> multiplies by, [vocabulary, hidden].</summary>
    Tensor Head { get; }

    /// <summary>Whether a text's own length changes what its tokens are to the model, so that padding on the right must be told as well.</summary>
    bool SeesLength => false;

    /// <summary>Token ids [rows, tokens] int64 → [rows, tokens, hidden] in the model's dtype.</summary>
    /// <param name="paddingMask">[rows, past + tokens] bool, true = token. Null where there is no padding. Rows that are padded on the
    /// right only do not need one for the positions of tokens, as no token looks ahead, unless the model <see cref="SeesLength"/>.</param>
    /// <param name="cache">Holds the past; the new tokens are added to it. Needs no_grad.</param>
    /// <param name="positions">[rows or 1, tokens] int64; null: past, past + 1, … for every row.</param>
    /// <param name="segments">[rows, tokens] int64: tokens see only those of the same number, so that a row can hold several texts, with
    /// <paramref name="positions"/> that begin anew. Null: one text a row. Not with a cache.</param>
    /// <exception cref="NoraException">More tokens than the model has positions or the cache has room for, or an id that it does not
    /// know.</exception>
    /// <exception cref="ArgumentException">Segments and a cache.</exception>
    Tensor Hidden(Tensor ids, Tensor? paddingMask = null, KeyValueCache? cache = null, Tensor? positions = null, Tensor? segments = null);

    /// <summary>[.., hidden] → [.., vocabulary], in the model's dtype.</summary>
    Tensor Logits(Tensor hidden);

    /// <summary>An empty cache; the caller disposes it.</summary>
    /// <param name="capacity">Tokens of a row.</param>
    KeyValueCache NewCache(int rows, int capacity);

    Tensor ITokenModel.Hidden(TextBatch batch) => Hidden(batch.InputIds, batch.PaddingMask, null, batch.Positions, batch.Segments);
}
