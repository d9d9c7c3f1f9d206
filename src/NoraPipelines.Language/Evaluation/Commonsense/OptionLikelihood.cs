using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Evaluation;

/// <summary>How probable each of a few ends of a text is.</summary>
// Legend: rows = prompts · options, width = the longest of them in tokens.
internal static class OptionLikelihood
{
    /// <param name="Item">0-based row of the data set.</param>
    public sealed record Choice(int Item, string Prompt, IReadOnlyList<string> Options);

    /// <summary>For each prompt the log-probability of each option, from the first token in which the options differ.</summary>
    /// <exception cref="NoraException">A text does not fit into the model.</exception>
    public static IReadOnlyList<double[]> Score(
        ICausalModel model, Func<string, int[]> encode, string task, IReadOnlyList<Choice> choices)
    {
        var texts = new List<(int[] Ids, int From)>();
        foreach (var (item, prompt, options) in choices)
        {
            var encoded = options.Select(option => encode(prompt + option)).ToArray();
            if (encoded.Max(ids => ids.Length) is var longest && longest > model.LongestText)
            {
                throw new NoraException($"{task}: item {item + 1} with its longest option has {longest:N0} tokens, and the model has "
                    + $"{model.LongestText:N0} positions. Remove the item, or use a model with more.");
            }
            var shared = Shared(encoded);
            texts.AddRange(encoded.Select(ids => (ids, shared)));
        }
        var all = new Queue<double>(LogProbabilities(model, texts));
        return [.. choices.Select(choice => choice.Options.Select(_ => all.Dequeue()).ToArray())];
    }

    private static double[] LogProbabilities(ICausalModel model, List<(int[] Ids, int From)> texts)
    {
        using var scope = NewDisposeScope();
        var width = texts.Max(text => text.Ids.Length);
        var ids = new long[texts.Count, width]; // padded on the right, where nothing that counts looks
        for (var row = 0; row < texts.Count; row++)
        {
            for (var column = 0; column < texts[row].Ids.Length; column++) ids[row, column] = texts[row].Ids[column];
        }
        using var mask = model.SeesLength ? Mask(texts, width).to(model.Device) : null;
        var hidden = model.Hidden(tensor(ids, device: model.Device), mask); // [rows, width, hidden]
        var sums = new List<Tensor>(texts.Count);
        for (var row = 0; row < texts.Count; row++)
        {
            using var rowScope = NewDisposeScope();
            var (text, from) = texts[row];
            var before = hidden[row].narrow(0, from - 1, text.Length - from); // [tokens that count, hidden]
            var logs = model.Logits(before).to(ScalarType.Float32).log_softmax(-1); // [tokens that count, vocabulary]
            var next = tensor(text[from..].Select(id => (long)id).ToArray(), device: model.Device).unsqueeze(1);
            sums.Add(logs.gather(1, next).to(ScalarType.Float64).sum().MoveToOuterDisposeScope());
        }
        return DeviceRead.Values<double>(stack(sums)); // one wait for all
    }

    /// <summary>[rows, width] bool, true = token.</summary>
    private static Tensor Mask(List<(int[] Ids, int From)> texts, int width)
    {
        var mask = zeros([texts.Count, width], ScalarType.Bool);
        for (var row = 0; row < texts.Count; row++) mask[row].narrow(0, 0, texts[row].Ids.Length).fill_(true);
        return mask;
    }

    /// <summary>Tokens that all begin with; at least one, which has nothing before it to be predicted from.</summary>
    private static int Shared(int[][] encoded)
    {
        var shared = 0;
        while (encoded.All(ids => shared < ids.Length && ids[shared] == encoded[0][shared])) shared++;
        return Math.Max(1, shared);
    }
}
