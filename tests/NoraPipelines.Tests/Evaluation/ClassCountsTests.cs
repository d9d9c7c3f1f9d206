using NoraPipelines.Evaluation;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Evaluation;

public class ClassCountsTests
{
    [Fact]
    public void Examples_are_counted_by_class_and_given_class()
    {
        using var scope = NewDisposeScope();
        var counts = new ClassCounts(7);
        counts.Add(tensor(new float[,] { { 1, 2, 3, 4, 5, 6, 7 }, { 9, 2, 3, 4, 5, 6, 7 } }), tensor([6L, 0L]));
        counts.Add(tensor(new float[,] { { 1, 2, 3, 4, 5, 6, 7 }, { 1, 2, 3, 4, 5, 6, 7 } }), tensor([2L, 1L])); // fifth and sixth
        Assert.Equal((4, 0.5, 0.75), (counts.Examples, counts.Top1, counts.Top5));
        Assert.Equal([1L, 1L, 1L, 1L], [counts[6, 6], counts[0, 0], counts[2, 6], counts[1, 6]]);
    }

    [Fact]
    public void Of_equal_logits_the_first_class_is_the_higher()
    {
        using var scope = NewDisposeScope();
        var counts = new ClassCounts(6);
        counts.Add(ones(2, 6), tensor([0L, 5L]));
        Assert.Equal((0.5, 0.5), (counts.Top1, counts.Top5));
    }

    [Fact]
    public void Logits_that_are_not_finite_or_of_other_classes_are_refused()
    {
        using var scope = NewDisposeScope();
        var counts = new ClassCounts(2);
        Assert.Contains("NaN or infinite", Assert.Throws<NoraException>(() => counts.Add(tensor(new float[,] { { float.NaN, 1 } }), tensor([0L]))).Message);
        Assert.Contains("of 3 classes, expected 2", Assert.Throws<NoraException>(() => counts.Add(zeros(1, 3), tensor([0L]))).Message);
    }
}
