using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Spec;

public class DidYouMeanTests
{
    [Fact]
    public void A_slip_is_answered_with_the_name_that_was_meant()
    {
        Assert.Equal("q_proj", DidYouMean.Nearest("q_porj", ["k_proj", "q_proj"]));
        Assert.Null(DidYouMean.Nearest("something", ["k_proj", "q_proj"]));
    }

    [Fact]
    public void A_word_longer_than_any_name_has_none_near_it_and_costs_nothing()
    {
        var words = Enumerable.Range(0, 50).Select(i => new string((char)('a' + (i % 26)), 80_000 + i)).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Null(DidYouMean.Nearest(new string('z', 70_000), ["rank", .. words]));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 20);
    }
}
