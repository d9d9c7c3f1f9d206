using static TorchSharp.torch;

namespace NoraPipelines.Generation;

/// <summary>Keeps texts from ending before they have their least length.</summary>
internal static class EndTokens
{
    /// <summary>Scores [rows, vocabulary] in which no end token can be chosen while <paramref name="length"/> tokens are too few.</summary>
    public static Tensor Forbid(Tensor scores, GenerationOptions options, int length)
    {
        if (options.EndIds.Count == 0 || length >= options.Decoding.MinNewTokens) return scores;
        using var scope = NewDisposeScope();
        var ends = tensor(options.EndIds.Select(id => (long)id).ToArray(), device: scores.device); // [end tokens]
        return scores.index_fill(1, ends, double.NegativeInfinity).MoveToOuterDisposeScope();
    }
}
