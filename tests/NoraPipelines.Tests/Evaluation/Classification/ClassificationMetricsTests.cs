using NoraPipelines.Evaluation;

namespace NoraPipelines.Tests.Evaluation;

/// <summary>Against the values that the documentation of scikit-learn and SciPy prints, and cases counted by hand.</summary>
public class ClassificationMetricsTests
{
    [Fact]
    public void Accuracy_is_the_share_of_equal_classes() =>
        Assert.Equal(0.5, ClassificationMetrics.Accuracy([0, 1, 2, 3], [0, 2, 1, 3]));

    [Theory]
    [InlineData(new[] { 1, 1, 0, 0, 1 }, new[] { 1, 0, 0, 1, 1 }, 2.0 / 3)]
    [InlineData(new[] { 0, 0 }, new[] { 0, 0 }, 0)]
    [InlineData(new[] { 1, 1 }, new[] { 1, 1 }, 1)]
    [InlineData(new[] { 1, 0 }, new[] { 0, 1 }, 0)]
    public void F1_is_that_of_class_one(int[] labels, int[] predicted, double expected) =>
        Assert.Equal(expected, ClassificationMetrics.F1(labels, predicted), 12);

    [Theory]
    [InlineData(new[] { 1, 1, 1, 0 }, new[] { 1, 0, 1, 1 }, -1.0 / 3)]
    [InlineData(new[] { 1, 0, 1, 0 }, new[] { 1, 0, 1, 0 }, 1)]
    [InlineData(new[] { 1, 0 }, new[] { 0, 1 }, -1)]
    [InlineData(new[] { 1, 0, 1 }, new[] { 1, 1, 1 }, 0)]
    public void Matthews_correlation_is_scikit_learns(int[] labels, int[] predicted, double expected) =>
        Assert.Equal(expected, ClassificationMetrics.Matthews(labels, predicted), 12);

    [Fact]
    public void Pearsons_correlation_is_scipys() =>
        Assert.Equal(-0.7426106572325057, ClassificationMetrics.Pearson([1, 2, 3, 4, 5], [10, 9, 2.5, 6, 4]), 12);

    [Fact]
    public void Spearmans_correlation_shares_the_ranks_of_equal_values() =>
        Assert.Equal(0.8207826816681233, ClassificationMetrics.Spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]), 12);

    [Fact]
    public void A_constant_side_correlates_with_nothing() => Assert.Equal(0, ClassificationMetrics.Pearson([1, 1, 1], [1, 2, 3]));
}
