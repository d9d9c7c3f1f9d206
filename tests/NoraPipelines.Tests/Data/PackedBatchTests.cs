using NoraPipelines.Data;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Data;

public sealed class PackedBatchTests
{
    private const int PadId = 9;
    private const int RowTokens = 10;

    // Examples 0 … n − 1 of 2 … 8 tokens; every token is 100 · example + its place, learnt from the first or the second on.
    private static TokenizedExample[] Examples(int count) =>
    [
        .. from i in Enumerable.Range(0, count)
           let ids = Enumerable.Range(0, 2 + i * 5 % 7).Select(t => 100 * i + t)
           select new TokenizedExample([.. ids], i % 2),
    ];

    private static BatchStream<TokenizedExample, TextBatch> Stream(TokenizedExample[] examples, int? rowTokens = RowTokens, long? total = null, int firstStep = 0) =>
        new(examples, new TextCollator(PadId, rowTokens), 6, 2, seed: 1, total, firstStep, CPU);

    [Fact]
    public void First_fit_takes_the_longest_first_and_no_row_is_too_long()
    {
        int[] lengths = [3, 7, 5, 2, 5, 8];
        var rows = RowPacking.FirstFit(Enumerable.Range(0, lengths.Length), example => lengths[example], 10);
        Assert.Equal([[5, 3], [1, 0], [2, 4]], rows);
    }

    [Theory]
    [InlineData(RowTokens)]
    [InlineData(null)]
    public void A_batch_knows_the_places_before_its_labels(int? rowTokens)
    {
        using var scope = NewDisposeScope();
        using var stream = Stream(Examples(10), rowTokens, total: 20);
        for (var step = 0; step < stream.Steps; step++)
        {
            using var batch = stream.Next();
            foreach (var micro in batch.MicroBatches)
            {
                var next = micro.Labels.roll(-1, 1); // the first token of a row is no label
                Assert.Equal(next.flatten().ne(TextBatch.Ignored).nonzero().squeeze(-1).data<long>().ToArray(), micro.LabelPlaces!.data<long>().ToArray());
            }
        }
    }

    [Fact]
    public void Steps_have_the_examples_and_labels_of_the_unpacked_ones_in_fewer_rows()
    {
        using var scope = NewDisposeScope();
        var examples = Examples(10);
        using var packed = Stream(examples, total: 20);
        using var plain = Stream(examples, rowTokens: null, total: 20);
        Assert.Equal(plain.Steps, packed.Steps);
        var (packedRows, plainRows) = (0L, 0L);
        for (var step = 0; step < plain.Steps; step++)
        {
            using var expected = plain.Next();
            using var found = packed.Next();
            Assert.Equal(expected.Rows.Order(), found.Rows.Order());
            Assert.Equal(expected.Weight, found.Weight);
            Assert.Equal(expected.Tokens, found.Tokens);
            packedRows += found.MicroBatches.Sum(micro => micro.InputIds.shape[0]);
            plainRows += expected.MicroBatches.Sum(micro => micro.InputIds.shape[0]);
        }
        Assert.True(packedRows < plainRows, $"{packedRows} rows instead of {plainRows}");
    }

    [Fact]
    public void Positions_begin_anew_and_no_first_token_is_a_label()
    {
        using var scope = NewDisposeScope();
        var examples = Examples(12);
        using var stream = Stream(examples);
        for (var step = 0; step < 4; step++)
        {
            using var batch = stream.Next();
            var queue = new Queue<int>(batch.Rows);
            foreach (var micro in batch.MicroBatches)
            {
                Assert.InRange(micro.InputIds.shape[0], 1, 2);
                Assert.InRange(micro.InputIds.shape[1], 2, RowTokens);
                var (ids, labels) = (micro.InputIds.data<long>().ToArray(), micro.Labels.data<long>().ToArray());
                var (segments, positions) = (micro.Segments?.data<long>().ToArray(), micro.Positions?.data<long>().ToArray());
                var columns = (int)micro.InputIds.shape[1];
                for (var row = 0; row < micro.InputIds.shape[0]; row++)
                {
                    var (column, segment) = (0, 0);
                    while (column < columns && ids[row * columns + column] != PadId)
                    {
                        segment++;
                        var example = examples[queue.Dequeue()];
                        for (var place = 0; place < example.Ids.Length; place++, column++)
                        {
                            var at = row * columns + column;
                            Assert.Equal(example.Ids[place], ids[at]);
                            Assert.Equal(place > 0 ? ids[at] : TextBatch.Ignored, labels[at]);
                            Assert.Equal(segment, segments?[at] ?? 1);
                            Assert.Equal(place, positions?[at] ?? place);
                        }
                    }
                    for (; column < columns; column++)
                    {
                        Assert.Equal((PadId, TextBatch.Ignored), (ids[row * columns + column], labels[row * columns + column]));
                        Assert.Equal(0, segments?[row * columns + column] ?? 0);
                    }
                }
            }
            Assert.Empty(queue);
        }
    }

    [Fact]
    public void A_resumed_stream_packs_as_the_one_that_never_stopped()
    {
        using var scope = NewDisposeScope();
        using var whole = Stream(Examples(11));
        for (var step = 0; step < 8; step++)
        {
            using var expected = whole.Next();
            using var resumed = Stream(Examples(11), firstStep: step);
            using var found = resumed.Next();
            Assert.Equal(expected.Rows, found.Rows);
            Assert.Equal(expected.MicroBatches.Count, found.MicroBatches.Count);
            foreach (var (left, right) in expected.MicroBatches.Zip(found.MicroBatches))
            {
                Assert.Equal(left.InputIds.data<long>().ToArray(), right.InputIds.data<long>().ToArray());
                Assert.Equal(left.Segments?.data<long>().ToArray(), right.Segments?.data<long>().ToArray());
            }
        }
    }

    [Fact]
    public void Disposing_a_batch_leaves_no_tensor()
    {
        using var stream = Stream(Examples(10));
        LiveTensors.AssertNoneIsLeft(times: 50, () => stream.Next().Dispose());
    }

    [Fact]
    public void What_cannot_share_a_row_is_refused()
    {
        Assert.Contains("has 8 tokens and a packed row has 7", Assert.Throws<DataException>(() => Stream(Examples(10), rowTokens: 7)).Message);
        Assert.Contains("one text a row", Assert.Throws<DataException>(() => Stream([TokenizedExample.Classified([1, 2], 1)])).Message);
    }
}
