using static TorchSharp.torch;

namespace NoraPipelines.Data;

/// <summary>
/// Prompts of a text tower that reads its features at the end token, cut to the longest of them: what stands behind an end token changes
/// nothing. Owns its tensors.
/// </summary>
// Legend: rows = prompts, tokens = those of the longest, start and end included.
public sealed class PromptBatch : IDisposable
{
    private PromptBatch(Tensor ids, Tensor ends) => (Ids, Ends) = (ids.DetachFromDisposeScope(), ends.DetachFromDisposeScope());

    /// <summary>[rows, tokens] int64, zeros behind the end.</summary>
    public Tensor Ids { get; }

    /// <summary>Where each end token stands first, [rows] int64.</summary>
    public Tensor Ends { get; }

    public int Rows => (int)Ids.shape[0];

    /// <param name="prompts">Ids of each, the end token last; nothing is padded.</param>
    /// <exception cref="NoraException">There is no prompt, or one without tokens.</exception>
    public static PromptBatch Of(IReadOnlyList<IReadOnlyList<int>> prompts, Device? device = null)
    {
        if (prompts.Count == 0 || prompts.Any(prompt => prompt.Count == 0))
            throw new NoraException("A batch of prompts has none, or one without a token; give at least one, each with its end token.");
        var tokens = prompts.Max(prompt => prompt.Count);
        var ids = new long[prompts.Count * tokens];
        for (var row = 0; row < prompts.Count; row++)
            for (var i = 0; i < prompts[row].Count; i++) ids[row * tokens + i] = prompts[row][i];
        using var scope = NewDisposeScope();
        return new(
            tensor(ids, [prompts.Count, tokens]).to(device ?? CPU), tensor(prompts.Select(FirstEnd).ToArray()).to(device ?? CPU));
    }

    /// <summary>A text that names the end token by itself ends there.</summary>
    private static long FirstEnd(IReadOnlyList<int> prompt)
    {
        var place = 0;
        while (prompt[place] != prompt[^1]) place++;
        return place;
    }

    public void Dispose()
    {
        Ids.Dispose();
        Ends.Dispose();
    }
}
