using static TorchSharp.torch;

namespace NoraPipelines.Generation;

/// <summary>Chooses each row's next token from logits [rows, vocabulary] → [rows] int64.</summary>
/// <param name="streams">Numbers of the rows in the caller's list.</param>
/// <param name="step">How many tokens each row has got so far.</param>
internal delegate Tensor TokenChoice(Tensor logits, IReadOnlyList<int> streams, int step);

internal static class TokenChoices
{
    public static TokenChoice Greedy { get; } = static (logits, _, _) => logits.argmax(-1);

    /// <summary>Inverse transform sampling, with one uniform number from the row's own stream for each token.</summary>
    public static TokenChoice Sampling(SamplingOptions options) => (logits, streams, step) =>
    {
        using var scope = NewDisposeScope();
        var scaled = logits.to(ScalarType.Float32) / options.Temperature;
        var (sorted, order) = scaled.softmax(-1).sort(-1, descending: true, stable: true); // [rows, vocabulary]
        if (options.TopK is { } most && most < sorted.shape[1])
        {
            (sorted, order) = (sorted.narrow(-1, 0, most), order.narrow(-1, 0, most)); // [rows, k]
            sorted = sorted / sorted.sum(-1, keepdim: true); // top-p counts what is left
        }
        var upTo = sorted.cumsum(-1); // [rows, vocabulary or k]
        var kept = (upTo - sorted).lt(options.TopP); // the most probable token is always kept
        var total = (sorted * kept).sum(-1, keepdim: true); // [rows, 1]
        var draws = tensor(streams.Select(stream => Uniform(options.Seed, stream, step)).ToArray()).to(logits.device);
        var place = upTo.le(draws.unsqueeze(1) * total).sum(-1, keepdim: true); // [rows, 1]
        var last = kept.sum(-1, keepdim: true) - 1; // rounding must not lead beyond the kept tokens
        return order.gather(-1, place.minimum(last)).squeeze(-1).MoveToOuterDisposeScope();
    };

    /// <summary>In [0, 1): the upper 24 bits of the mixed seed, as many as a float32 holds.</summary>
    private static float Uniform(long seed, int stream, int step) => (Seeds.Mix(Seeds.Mix(seed, stream), step) >> 39) / (float)(1 << 24);
}
