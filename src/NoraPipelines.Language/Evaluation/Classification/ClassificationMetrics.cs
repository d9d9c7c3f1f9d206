namespace NoraPipelines.Evaluation;

/// <summary>The scores of GLUE, as scikit-learn and SciPy define them; in float64.</summary>
public static class ClassificationMetrics
{
    public static double Accuracy(IReadOnlyList<int> labels, IReadOnlyList<int> predicted) =>
        labels.Zip(predicted, (label, found) => label == found ? 1.0 : 0.0).Average();

    /// <summary>2·TP / (2·TP + FP + FN) of class 1; 0 where class 1 is neither there nor predicted.</summary>
    public static double F1(IReadOnlyList<int> labels, IReadOnlyList<int> predicted)
    {
        double both = 0, either = 0;
        for (var i = 0; i < labels.Count; i++)
        {
            if (labels[i] == 1 && predicted[i] == 1) both++;
            either += (labels[i] == 1 ? 1 : 0) + (predicted[i] == 1 ? 1 : 0);
        }
        return either == 0 ? 0 : 2 * both / either;
    }

    /// <summary>Matthews' correlation of two classes: (TP·TN − FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN)); 0 where a factor is 0.</summary>
    public static double Matthews(IReadOnlyList<int> labels, IReadOnlyList<int> predicted)
    {
        double tp = 0, tn = 0, fp = 0, fn = 0;
        for (var i = 0; i < labels.Count; i++)
        {
            if (labels[i] == 1) _ = predicted[i] == 1 ? tp++ : fn++;
            else _ = predicted[i] == 1 ? fp++ : tn++;
        }
        var scale = Math.Sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn));
        return scale == 0 ? 0 : (tp * tn - fp * fn) / scale;
    }

    /// <summary>Pearson's correlation; 0 where a side is constant.</summary>
    public static double Pearson(IReadOnlyList<double> left, IReadOnlyList<double> right)
    {
        var (meanLeft, meanRight) = (left.Average(), right.Average());
        double product = 0, squaresLeft = 0, squaresRight = 0;
        for (var i = 0; i < left.Count; i++)
        {
            var (a, b) = (left[i] - meanLeft, right[i] - meanRight);
            (product, squaresLeft, squaresRight) = (product + a * b, squaresLeft + a * a, squaresRight + b * b);
        }
        var scale = Math.Sqrt(squaresLeft) * Math.Sqrt(squaresRight);
        return scale == 0 ? 0 : product / scale;
    }

    /// <summary>Spearman's: Pearson's of the ranks, equal values sharing the mean of theirs.</summary>
    public static double Spearman(IReadOnlyList<double> left, IReadOnlyList<double> right) => Pearson(Ranks(left), Ranks(right));

    private static double[] Ranks(IReadOnlyList<double> values)
    {
        var order = Enumerable.Range(0, values.Count).OrderBy(i => values[i]).ToArray();
        var ranks = new double[values.Count];
        for (var start = 0; start < order.Length;)
        {
            var end = start + 1;
            while (end < order.Length && values[order[end]] == values[order[start]]) end++;
            for (var i = start; i < end; i++) ranks[order[i]] = (start + end + 1) / 2.0; // ranks count from 1
            start = end;
        }
        return ranks;
    }
}
