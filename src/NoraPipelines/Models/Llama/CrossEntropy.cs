using static TorchSharp.torch;

namespace NoraPipelines.Models.Llama;

/// <summary>The training loss of a causal model.</summary>
// Legend: rows, tokens = the batch, labelled = positions that carry a label and have a predecessor.
public static class CrossEntropy
{
    /// <summary>The label of a token that is not learned.</summary>
    public const long NoLabel = -100;

    /// <summary>
    /// −Σ log p(label) over labelled tokens, a float32 scalar; the hidden state of position t − 1 predicts the label at t. Logits are
    /// made only where labels count. Rows are padded on the right if at all: no token sees what comes after it, so no mask is needed.
    /// </summary>
    /// <param name="ids">[rows, tokens] int64.</param>
    /// <param name="labels">[rows, tokens] int64, <see cref="NoLabel"/> = none; not shifted.</param>
    public static Tensor Sum(LlamaModel model, Tensor ids, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var hidden = model.Hidden(ids); // [rows, tokens, hidden]
        var targets = labels.narrow(1, 1, labels.shape[1] - 1).flatten(); // [rows · (tokens − 1)]
        var labelled = targets.ne(NoLabel).nonzero().squeeze(-1); // [labelled]
        var states = hidden.narrow(1, 0, hidden.shape[1] - 1).flatten(0, 1).index_select(0, labelled); // [labelled, hidden]
        var logits = model.Logits(states).to(ScalarType.Float32); // [labelled, vocabulary]
        var loss = nn.functional.cross_entropy(logits, targets.index_select(0, labelled), reduction: nn.Reduction.Sum);
        return loss.MoveToOuterDisposeScope();
    }
}
