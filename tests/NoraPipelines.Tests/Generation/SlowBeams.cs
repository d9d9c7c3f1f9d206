using NoraPipelines.Models.Llama;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Generation;

/// <summary>
/// Beam search by its definition, without a cache, a batch or padding: every text that continues a beam by one token is scored by
/// running the whole model over it, all are sorted, and the rules are applied one after the other in float64.
/// </summary>
internal static class SlowBeams
{
    private sealed record Text(int[] Tokens, double Sum);

    /// <summary>The best text without its end token, and its score.</summary>
    public static (int[] Tokens, double Score) Search(
        LlamaModel model, int[] prompt, int beams, double penalty, int maxNewTokens, int minNewTokens, bool early, params int[] ends)
    {
        List<Text> running = [new([], 0)];
        List<(int[] Tokens, double Score)> finished = [];
        for (var length = 1; length <= maxNewTokens; length++)
        {
            var candidates = new List<Text>();
            foreach (var beam in running)
            {
                var logs = LogProbabilities(model, [.. prompt, .. beam.Tokens]);
                for (var token = 0; token < logs.Length; token++)
                {
                    if (length <= minNewTokens && ends.Contains(token)) continue;
                    candidates.Add(new([.. beam.Tokens, token], beam.Sum + logs[token]));
                }
            }
            var best = candidates.OrderByDescending(text => text.Sum).Take(Math.Max(2, 1 + ends.Length) * beams).ToList();
            foreach (var text in best.Take(beams).Where(text => ends.Contains(text.Tokens[^1])))
                finished = Best(beams, [.. finished, (text.Tokens[..^1], text.Sum / Math.Pow(length, penalty))]);
            running = [.. best.Where(text => !ends.Contains(text.Tokens[^1])).Take(beams)];
            if (finished.Count == beams && (early || finished.Min(text => text.Score) >= best[0].Sum / Math.Pow(length, penalty)))
                return Best(1, finished)[0];
        }
        return Best(1, Best(beams, [.. finished, .. running.Select(text => (text.Tokens, text.Sum / Math.Pow(maxNewTokens, penalty)))]))[0];
    }

    private static List<(int[] Tokens, double Score)> Best(int count, IEnumerable<(int[] Tokens, double Score)> texts) =>
        [.. texts.OrderByDescending(text => text.Score).Take(count)];

    private static double[] LogProbabilities(LlamaModel model, int[] ids)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var hidden = model.Hidden(tensor(ids.Select(id => (long)id).ToArray()).unsqueeze(0)); // [1, tokens, hidden]
        return model.Logits(hidden[0, -1]).to(ScalarType.Float64).log_softmax(-1).data<double>().ToArray();
    }
}
