using NoraPipelines.Data;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Data;

public sealed class BatchStreamTests
{
    private const int PadId = 9;

    // Examples 0 … n − 1 of 2 … 8 tokens; every token is 100 · example + its place.
    private static TokenizedExample[] Examples(int count) =>
    [
        .. from i in Enumerable.Range(0, count)
           let ids = Enumerable.Range(0, 2 + i * 5 % 7).Select(t => 100 * i + t)
           select new TokenizedExample([.. ids], i % 2),
    ];

    private static BatchStream<TokenizedExample, TextBatch> Stream(
        TokenizedExample[] examples, long? total = null, int firstStep = 0, int batch = 6, int microBatch = 2) =>
        new(examples, new TextCollator(PadId), batch, microBatch, seed: 1, total, firstStep, CPU);

    [Fact]
    public void Every_epoch_has_every_row_once_and_the_last_step_is_what_is_left()
    {
        using var stream = Stream(Examples(10), total: 20);
        Assert.Equal(4, stream.Steps);
        var rows = new List<int>();
        for (var step = 0; step < 4; step++)
        {
            using var batch = stream.Next();
            Assert.Equal(step < 3 ? 6 : 2, batch.Rows.Count);
            rows.AddRange(batch.Rows);
        }
        Assert.Equal(Enumerable.Range(0, 10).SelectMany(i => new[] { i, i }), rows.Order());
        Assert.Equal(4, stream.Step);
        Assert.Contains("ended after step 4", Assert.Throws<InvalidOperationException>(() => stream.Next()).Message);
    }

    [Fact]
    public void A_resumed_stream_has_the_rows_and_tensors_of_the_one_that_never_stopped()
    {
        using var scope = NewDisposeScope();
        using var whole = Stream(Examples(11));
        for (var step = 0; step < 12; step++)
        {
            using var expected = whole.Next();
            using var resumed = Stream(Examples(11), firstStep: step);
            Assert.Equal(step, resumed.Step);
            using var found = resumed.Next();
            Assert.Equal(expected.Rows, found.Rows);
            Assert.Equal(expected.MicroBatches.Count, found.MicroBatches.Count);
            foreach (var (left, right) in expected.MicroBatches.Zip(found.MicroBatches))
                Assert.Equal(left.InputIds.data<long>().ToArray(), right.InputIds.data<long>().ToArray());
        }
    }

    [Fact]
    public void Tensors_hold_the_examples_their_labels_and_padding_and_nothing_else()
    {
        var examples = Examples(10);
        using var scope = NewDisposeScope();
        using var stream = Stream(examples, total: 30);
        for (var step = 0; step < 5; step++)
        {
            using var batch = stream.Next();
            var rows = new Queue<int>(batch.Rows);
            var naive = 0;
            foreach (var micro in batch.MicroBatches)
            {
                var (ids, labels) = (micro.InputIds.data<long>().ToArray(), micro.Labels.data<long>().ToArray());
                var (height, width) = ((int)micro.InputIds.shape[0], (int)micro.InputIds.shape[1]);
                var mask = micro.PaddingMask?.data<bool>().ToArray();
                var inside = rows.Take(height).Select(row => examples[row]).ToArray();
                Assert.Equal(inside.Max(example => example.Ids.Length), width);
                Assert.Equal(inside.Any(example => example.Ids.Length < width), mask is not null);
                for (var row = 0; row < height; row++)
                {
                    var example = examples[rows.Dequeue()];
                    for (var column = 0; column < width; column++)
                    {
                        var (at, isToken) = (row * width + column, column < example.Ids.Length);
                        Assert.Equal(isToken ? example.Ids[column] : PadId, ids[at]);
                        var isLabel = isToken && column >= example.LabelStart && column > 0;
                        Assert.Equal(isLabel ? example.Ids[column] : TextBatch.Ignored, labels[at]);
                        if (mask is not null) Assert.Equal(isToken, mask[at]);
                    }
                }
                Assert.Equal(labels.Count(label => label != TextBatch.Ignored), micro.LabelledTokens);
                naive += micro.LabelledTokens;
            }
            Assert.Equal(naive, batch.Weight);
            Assert.Equal(batch.Rows.Sum(row => examples[row].Ids.Length), batch.Tokens);
        }
    }

    [Fact]
    public void Rows_of_like_length_share_a_pass_the_longest_first()
    {
        var examples = Examples(12);
        using var stream = Stream(examples, batch: 12, microBatch: 3);
        using var batch = stream.Next();
        var lengths = batch.Rows.Select(row => examples[row].Ids.Length).ToArray();
        Assert.Equal(lengths.OrderDescending(), lengths);
        Assert.Equal(4, batch.MicroBatches.Count);
    }

    [Fact]
    public void Disposing_a_batch_leaves_no_tensor()
    {
        using var stream = Stream(Examples(10));
        LiveTensors.AssertNoneIsLeft(times: 50, () => stream.Next().Dispose());
    }

    [Fact]
    public async Task Dispose_ends_the_thread_that_waits_for_room()
    {
        var stream = Stream(Examples(10));
        using (stream.Next()) { }
        await Task.Run(stream.Dispose).WaitAsync(TimeSpan.FromSeconds(20)); // joins the thread
        stream.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.Next());
    }

    [Fact]
    public async Task Dispose_frees_a_caller_that_waits_for_a_step()
    {
        using var gate = new ManualResetEventSlim();
        var examples = new WatchedList(Examples(10), _ => gate.Wait());
        var stream = new BatchStream<TokenizedExample, TextBatch>(examples, new TextCollator(PadId), 10, 5, 1, null, 0, CPU);
        var waiting = Task.Run(() => Assert.Throws<ObjectDisposedException>(() => stream.Next()));
        var disposing = Task.Run(stream.Dispose);
        await waiting.WaitAsync(TimeSpan.FromSeconds(20));
        gate.Set();
        await disposing.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Waiting_is_measured_where_no_step_is_ready_and_only_there()
    {
        using var gate = new ManualResetEventSlim();
        var (entered, left, read) = (0, 0, 0);
        void Read(int row)
        {
            gate.Wait();
            Interlocked.Increment(ref read);
        }
        using var stream = new BatchStream<TokenizedExample, TextBatch>(new WatchedList(Examples(10), Read), new TextCollator(PadId), 10, 5, 1, null, 0, CPU)
        {
            Waiting = () =>
            {
                entered++;
                gate.Set();
                return new Left(() => left++);
            },
        };
        using (stream.Next()) { }
        Assert.Equal((1, 1), (entered, left));
        SpinWait.SpinUntil(() => Volatile.Read(ref read) > 40, TimeSpan.FromSeconds(60)); // the fifth step's rows: three more are ready
        for (var again = 0; again < 3; again++) stream.Next().Dispose();
        Assert.Equal((1, 1), (entered, left));
    }

    [Fact]
    public void What_goes_wrong_on_the_thread_is_thrown_by_next()
    {
        var examples = new WatchedList(Examples(10), row => { if (row == 3) throw new InvalidDataException("row 3 is gone"); });
        using var stream = new BatchStream<TokenizedExample, TextBatch>(examples, new TextCollator(PadId), 10, 5, 1, null, 0, CPU);
        Assert.Equal("row 3 is gone", Assert.Throws<InvalidDataException>(() => stream.Next()).Message);
        Assert.Throws<InvalidDataException>(() => stream.Next());
    }

    [Fact]
    public void What_does_not_fit_together_is_refused()
    {
        Assert.Contains("is empty", Assert.Throws<DataException>(() => Stream([])).Message);
        TokenizedExample[] unlabelled = [new([1, 2], 0), new([1, 2], 2)];
        Assert.Contains("Example 1 has no token to learn", Assert.Throws<DataException>(() => Stream(unlabelled)).Message);
        Assert.Contains("found 6 and 4", Assert.Throws<ArgumentException>(() => Stream(Examples(3), microBatch: 4)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream(Examples(3), microBatch: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream(Examples(3), total: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream(Examples(3), firstStep: -1));
    }

    [Theory]
    [InlineData(100_000, 2.0, 128, 1563)]
    [InlineData(10, 1.0, 10, 1)]
    [InlineData(10, 0.5, 2, 3)]
    [InlineData(3, 0.01, 8, 1)]
    [InlineData(10, 1.01, 10, 2)]
    [InlineData(3, 1.1, 3, 2)]
    public void A_stream_of_epochs_has_the_steps_of_the_plan(int examples, double epochs, int batch, int steps)
    {
        using var stream = Stream(Examples(examples), DataOrder.TotalExamples(examples, epochs), batch: batch, microBatch: batch);
        Assert.Equal(steps, stream.Steps);
        var plan = new TrainingPlan { Epochs = epochs, Batch = batch, MicroBatch = batch, LearningRate = 1 };
        Assert.Equal(steps, StepCount.Of(plan, examples));
    }

    // Reports what is read on other threads than the one that made it.
    private sealed class WatchedList(TokenizedExample[] examples, Action<int> onRead) : IReadOnlyList<TokenizedExample>
    {
        private readonly int _thread = Environment.CurrentManagedThreadId;

        public int Count => examples.Length;

        public TokenizedExample this[int index]
        {
            get
            {
                if (Environment.CurrentManagedThreadId != _thread) onRead(index);
                return examples[index];
            }
        }

        public IEnumerator<TokenizedExample> GetEnumerator() => ((IEnumerable<TokenizedExample>)examples).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => examples.GetEnumerator();
    }

    private sealed class Left(Action then) : IDisposable
    {
        public void Dispose() => then();
    }
}
