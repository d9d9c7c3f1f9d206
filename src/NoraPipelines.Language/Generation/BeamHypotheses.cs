namespace NoraPipelines.Generation;

/// <summary>A finished text of a beam search.</summary>
/// <param name="Tokens">Without the end token.</param>
/// <param name="Score">Σ log p / length^penalty.</param>
internal readonly record struct Hypothesis(int[] Tokens, double Score);

/// <summary>The best finished texts of one prompt, at most as many as there are beams (transformers, BeamHypotheses).</summary>
internal sealed class BeamHypotheses(Decoding decoding)
{
    private readonly List<Hypothesis> _kept = [];

    public Hypothesis Best => _kept.MaxBy(hypothesis => hypothesis.Score);

    private double Worst => _kept.Min(hypothesis => hypothesis.Score);

    /// <param name="sum">Σ log p.</param>
    /// <param name="length">The text's tokens, its end token counted where it has one.</param>
    public void Add(int[] tokens, double sum, int length)
    {
        var score = Score(sum, length);
        if (_kept.Count == decoding.Beams && score <= Worst) return;
        _kept.Add(new Hypothesis(tokens, score));
        if (_kept.Count > decoding.Beams) _kept.Remove(_kept.MinBy(hypothesis => hypothesis.Score));
    }

    /// <summary>Whether nothing that is still searched for can be better than what is kept.</summary>
    /// <param name="best">The best Σ log p of all texts of this length.</param>
    public bool IsDone(double best, int length) =>
        _kept.Count == decoding.Beams && (decoding.EarlyStopping || Worst >= Score(best, length));

    private double Score(double sum, int length) => sum / Math.Pow(length, decoding.LengthPenalty);
}
