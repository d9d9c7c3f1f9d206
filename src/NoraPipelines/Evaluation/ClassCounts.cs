using static TorchSharp.torch;

namespace NoraPipelines.Evaluation;

/// <summary>Counts examples by their class and the class that a model gave them. Of classes with equal logits the first counts as the higher.</summary>
// Legend: rows = examples of a batch, classes = all classes.
public sealed class ClassCounts(int classes)
{
    // The class of an example counts as found within so many.
    private const int Top = 5;

    private readonly long[,] _confusion = new long[classes, classes];
    private long _withinTop;

    /// <summary>Examples counted so far.</summary>
    public long Examples { get; private set; }

    /// <summary>By class and given class.</summary>
    public long this[int label, int given] => _confusion[label, given];

    /// <summary>Share of the examples whose class has the highest logit.</summary>
    public double Top1 => (double)Enumerable.Range(0, classes).Sum(label => _confusion[label, label]) / Examples;

    /// <summary>Share of the examples whose class is among the five highest.</summary>
    public double Top5 => (double)_withinTop / Examples;

    /// <param name="logits">[rows, classes].</param>
    /// <param name="labels">[rows] int64, below the number of classes.</param>
    /// <exception cref="NoraException">Another number of classes, or a logit is NaN or infinite.</exception>
    public void Add(Tensor logits, Tensor labels)
    {
        if (logits.shape[1] != classes) throw new NoraException($"The logits are of {logits.shape[1]} classes, expected {classes}. Count with the classes of the model's prompts.");
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var all = logits.to(ScalarType.Float32).cpu().contiguous();
        if (!all.isfinite().all().item<bool>())
            throw new NoraException("A logit is NaN or infinite, so no class can be said to be the best. Training diverged, or the model's weights are damaged.");
        var (values, wanted) = (all.data<float>().ToArray(), labels.cpu().contiguous().data<long>().ToArray());
        for (var row = 0; row < wanted.Length; row++)
        {
            var scores = values.AsSpan(row * classes, classes);
            var label = (int)wanted[row];
            _confusion[label, First(scores)]++;
            if (Higher(scores, label) < Top) _withinTop++;
            Examples++;
        }
    }

    private static int First(ReadOnlySpan<float> scores)
    {
        var best = 0;
        for (var i = 1; i < scores.Length; i++)
            if (scores[i] > scores[best]) best = i;
        return best;
    }

    /// <summary>How many classes are higher than one.</summary>
    private static int Higher(ReadOnlySpan<float> scores, int label)
    {
        var higher = 0;
        for (var i = 0; i < scores.Length; i++)
            if (scores[i] > scores[label] || (scores[i] == scores[label] && i < label)) higher++;
        return higher;
    }
}
