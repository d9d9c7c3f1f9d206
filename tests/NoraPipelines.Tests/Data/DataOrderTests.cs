using NoraPipelines.Data;

namespace NoraPipelines.Tests.Data;

public sealed class DataOrderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void An_epoch_has_every_row_once(int count)
    {
        var order = new DataOrder(count, seed: 3);
        for (var epoch = 0L; epoch < 5; epoch++) Assert.Equal(Enumerable.Range(0, count), order.Permutation(epoch).Order());
    }

    // Also computed by ten lines of Python that follow the text of the documentation.
    [Fact]
    public void The_order_is_the_documented_one()
    {
        Assert.Equal([1, 9, 0, 7, 4, 2, 5, 3, 8, 6], new DataOrder(10, seed: 1).Permutation(0));
        Assert.Equal([6, 1, 9, 4, 0, 7, 5, 3, 8, 2], new DataOrder(10, seed: -5).Permutation(7));
    }

    [Fact]
    public void Seeds_and_epochs_have_orders_of_their_own()
    {
        var orders = from seed in Enumerable.Range(-2, 5)
                     from epoch in Enumerable.Range(0, 5)
                     select string.Join(' ', new DataOrder(50, seed).Permutation(epoch));
        Assert.Equal(25, orders.Distinct().Count());
    }

    [Fact]
    public void Rows_across_epochs_are_the_permutations_in_a_row()
    {
        var order = new DataOrder(7, seed: 4);
        var stream = Enumerable.Range(0, 4).SelectMany(epoch => order.Permutation(epoch)).ToArray();
        for (var first = 0; first < 20; first++) Assert.Equal(stream[first..(first + 8)], new DataOrder(7, seed: 4).Rows(first, 8));
    }

    [Fact]
    public void Every_place_is_as_likely_for_every_row()
    {
        var seen = new int[6, 6];
        for (var seed = 0; seed < 6000; seed++)
        {
            foreach (var (place, row) in new DataOrder(6, seed).Permutation(0).Index()) seen[place, row]++;
        }
        // 1,000 are expected in each cell; five standard deviations are 144.
        Assert.All(seen.Cast<int>(), count => Assert.InRange(count, 856, 1144));
    }
}
