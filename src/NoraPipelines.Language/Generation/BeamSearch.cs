using static TorchSharp.torch;

namespace NoraPipelines.Generation;

/// <summary>
/// Beam search, step by step as transformers 4.41 does it (generation/utils.py, _beam_search; generation/beam_search.py): each step
/// takes the best max(2, 1 + end tokens)·beams continuations of a prompt's beams. One that ends is a finished text if it is among the
/// first `beams` of them; the best others are the next beams.
/// </summary>
// Legend: prompts = those that still search; each has 1 row in the first step and `beams` rows in every other.
internal sealed class BeamSearch
{
    private readonly GenerationOptions _options;
    private readonly BeamHypotheses[] _finished; // of every prompt
    private readonly Beam[][] _beams; // of every prompt
    private int[] _searching; // prompts, in the order of their rows

    private BeamSearch(int prompts, GenerationOptions options)
    {
        _options = options;
        _searching = [.. Enumerable.Range(0, prompts)];
        _finished = [.. _searching.Select(_ => new BeamHypotheses(options.Decoding))];
        _beams = [.. _searching.Select(_ => (Beam[])[new Beam([], 0)])];
    }

    private int Beams => _options.Decoding.Beams;

    /// <summary>For every prompt its best text, without the end token.</summary>
    public static Hypothesis[] Run(GeneratingRows rows, int prompts, GenerationOptions options)
    {
        var search = new BeamSearch(prompts, options);
        for (var length = 1; ; length++)
        {
            options.Stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var parents = search.Step(rows.NextLogits(), length);
            if (search._searching.Length == 0 || length == options.MaxNewTokens) break;
            var tokens = search._searching.SelectMany(prompt => search._beams[prompt]).Select(beam => (long)beam.Tokens[^1]).ToArray();
            rows.Advance(tensor(tokens, device: rows.Device), tensor(parents, device: rows.Device));
        }
        foreach (var prompt in search._searching)
        {
            foreach (var beam in search._beams[prompt]) search._finished[prompt].Add(beam.Tokens, beam.Score, beam.Tokens.Length);
        }
        return [.. search._finished.Select(finished => finished.Best)];
    }

    /// <summary>Looks one token further.</summary>
    /// <param name="length">Tokens of a text that ends with the token that is chosen now.</param>
    /// <returns>The row that each beam from now on continues.</returns>
    private long[] Step(Tensor logits, int length)
    {
        var rowsEach = _beams[_searching[0]].Length;
        var (scores, tokens) = Candidates(logits, rowsEach, length);
        var (parents, searching) = (new List<long>(), new List<int>());
        var vocabulary = logits.shape[1];
        for (var place = 0; place < _searching.Length; place++)
        {
            var (prompt, own) = (_searching[place], scores.GetLength(1));
            var next = new List<Beam>(Beams);
            var from = new List<long>(Beams);
            for (var rank = 0; rank < own && next.Count < Beams; rank++)
            {
                var (row, token) = ((int)(tokens[place, rank] / vocabulary), (int)(tokens[place, rank] % vocabulary));
                var beam = _beams[prompt][row];
                if (!_options.EndIds.Contains(token))
                {
                    next.Add(new Beam([.. beam.Tokens, token], scores[place, rank]));
                    from.Add(place * rowsEach + row);
                }
                else if (rank < Beams)
                {
                    _finished[prompt].Add(beam.Tokens, scores[place, rank], length);
                }
            }
            if (next.Count < Beams)
                throw new NoraException($"{Beams} beams cannot be filled from a vocabulary of {vocabulary} tokens; use fewer.");
            if (_finished[prompt].IsDone(scores[place, 0], length)) continue;
            _beams[prompt] = [.. next];
            searching.Add(prompt);
            parents.AddRange(from);
        }
        _searching = [.. searching];
        return [.. parents];
    }

    /// <summary>The best continuations of each prompt's rows, best first: scores, and row · vocabulary + token.</summary>
    private (float[,] Scores, long[,] Tokens) Candidates(Tensor logits, int rowsEach, int length)
    {
        var before = _searching.SelectMany(prompt => _beams[prompt]).Select(beam => beam.Score).ToArray();
        var scores = logits.to(ScalarType.Float32).log_softmax(-1); // [prompts · rowsEach, vocabulary]
        scores = EndTokens.Forbid(scores, _options, length - 1) + tensor(before, device: logits.device).unsqueeze(1);
        var all = scores.view(_searching.Length, -1); // [prompts, rowsEach · vocabulary]
        var count = (int)Math.Min(Math.Max(2, 1 + _options.EndIds.Count) * (long)Beams, all.shape[1]);
        var (best, places) = all.topk(count, 1, largest: true, sorted: true); // [prompts, candidates]
        return (Rows<float>(best, count), Rows<long>(places, count));
    }

    private T[,] Rows<T>(Tensor values, int columns) where T : unmanaged
    {
        var flat = DeviceRead.Values<T>(values);
        var rows = new T[_searching.Length, columns];
        for (var i = 0; i < flat.Length; i++) rows[i / columns, i % columns] = flat[i];
        return rows;
    }

    /// <param name="Score">Σ log p of the tokens.</param>
    private readonly record struct Beam(int[] Tokens, float Score);
}
