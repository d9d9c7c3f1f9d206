using static TorchSharp.torch;

namespace NoraPipelines.Generation;

/// <summary>
/// Greedy choice and sampling: every prompt has one row. Rows that are finished leave when enough of them have gathered to be worth
/// copying the cache of the others.
/// </summary>
internal sealed class RowByRow
{
    private readonly GenerationOptions _options;
    private readonly List<int>[] _results;
    private readonly StopStringWatch[]? _watches;
    private readonly HashSet<int> _finished = []; // rows that have not left yet
    private int[] _prompts; // of each row

    private RowByRow(int prompts, GenerationOptions options)
    {
        _options = options;
        _prompts = [.. Enumerable.Range(0, prompts)];
        _results = [.. _prompts.Select(_ => new List<int>())];
        if (options.Decoding.StopStrings.Count > 0)
            _watches = [.. _prompts.Select(_ => new StopStringWatch(options.Tokenizer!, options.Decoding.StopStrings))];
    }

    /// <summary>For every prompt the new tokens, without the end token.</summary>
    public static int[][] Run(GeneratingRows rows, int prompts, GenerationOptions options, TokenChoice choose)
    {
        var run = new RowByRow(prompts, options);
        for (var step = 0; ; step++)
        {
            options.Stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var logits = EndTokens.Forbid(rows.NextLogits(), options, step); // [rows, vocabulary]
            var chosen = choose(logits, run.Numbers, step); // [rows]
            run.Accept(DeviceRead.Values<long>(chosen));
            if (run._finished.Count == run._prompts.Length || step + 1 == options.MaxNewTokens) break;
            if (run._finished.Count * 4 < run._prompts.Length)
            {
                rows.Advance(chosen);
                continue;
            }
            var kept = tensor(run.DropFinished(), device: rows.Device); // [rows that go on]
            rows.Advance(chosen.index_select(0, kept), kept);
        }
        return [.. run._results.Select(result => result.ToArray())];
    }

    private IReadOnlyList<int> Numbers => _options.Numbers is { } numbers ? [.. _prompts.Select(prompt => numbers[prompt])] : _prompts;

    private void Accept(long[] tokens)
    {
        for (var row = 0; row < tokens.Length; row++)
        {
            if (_finished.Contains(row)) continue;
            var (prompt, token) = (_prompts[row], (int)tokens[row]);
            if (_options.EndIds.Contains(token))
            {
                _finished.Add(row);
                continue;
            }
            _results[prompt].Add(token);
            _options.OnToken?.Invoke(prompt, token);
            if (_watches?[prompt].Push(token) == true) _finished.Add(row);
        }
    }

    private long[] DropFinished()
    {
        var kept = Enumerable.Range(0, _prompts.Length).Where(row => !_finished.Contains(row)).ToArray();
        _prompts = [.. kept.Select(row => _prompts[row])];
        _finished.Clear();
        return [.. kept.Select(row => (long)row)];
    }
}
