using System.Globalization;
using NoraPipelines.Generation;

namespace NoraPipelines.Evaluation;

/// <summary>A result whose decoding differs from its protocol's says so: "gsm8k-metamath-v1 (4 beams)".</summary>
internal static class ProtocolName
{
    /// <param name="given">Null: as the protocol has it.</param>
    public static string Of(string protocol, Decoding usual, Decoding? given) =>
        given is null || AreAlike(given, usual) ? protocol : $"{protocol} ({Describe(given)})";

    public static bool AreAlike(Decoding left, Decoding right) => Describe(left) == Describe(right);

    private static string Describe(Decoding decoding)
    {
        var parts = new List<string>();
        if (decoding.Sampling is { } sampling)
        {
            parts.Add($"sampled, temperature {Number(sampling.Temperature)}");
            if (sampling.TopK is { } most) parts.Add($"top-k {most}");
            if (sampling.TopP < 1) parts.Add($"top-p {Number(sampling.TopP)}");
            parts.Add($"seed {sampling.Seed}");
        }
        else
        {
            parts.Add(decoding.Beams == 1 ? "greedy" : $"{decoding.Beams} beams");
            if (decoding.Beams > 1 && decoding.LengthPenalty != 1) parts.Add($"length penalty {Number(decoding.LengthPenalty)}");
            if (decoding.Beams > 1 && decoding.EarlyStopping) parts.Add("early stopping");
        }
        if (decoding.MinNewTokens > 0) parts.Add($"at least {decoding.MinNewTokens} tokens");
        if (decoding.StopStrings.Count > 0) parts.Add("up to " + string.Join(" or ", decoding.StopStrings.Select(text => $"\"{text}\"")));
        return string.Join(", ", parts);
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
