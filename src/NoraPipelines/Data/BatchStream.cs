using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace NoraPipelines.Data;

/// <summary>
/// The training data as a stream of steps over seeded epochs (<see cref="DataOrder"/>). Step → rows is a pure function of the seed and
/// the step, so a resumed run passes its first step and sees what it would have seen. A thread pads rows ahead into managed arrays;
/// tensors are made by <see cref="Next"/>, on the caller's thread and in the caller's dispose scope.
/// </summary>
public sealed class BatchStream : IDisposable
{
    // Steps that are ready before they are asked for: enough to hide one slow step, small beside the data itself.
    private const int Ahead = 4;

    private readonly IReadOnlyList<TokenizedExample> _examples;
    private readonly int _batch;
    private readonly int _microBatch;
    private readonly int? _rowTokens;
    private readonly int _padId;
    private readonly long? _total;
    private readonly Device _device;
    private readonly DataOrder _order;
    private readonly BlockingCollection<PreparedStep> _ready = new(Ahead);
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationToken _stop;
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _failure;
    private int _disposed;

    /// <param name="examples">Each with at least one labelled token.</param>
    /// <param name="batch">Examples of one step.</param>
    /// <param name="microBatch">Rows of one pass, an example each or, packed, several; divides <paramref name="batch"/>.</param>
    /// <param name="seed">Decides the order of every epoch.</param>
    /// <param name="padId">Fills rows on the right; never labelled, never attended to.</param>
    /// <param name="totalExamples">Where the stream ends, over all epochs: the last step may be smaller. Null: it never ends.</param>
    /// <param name="firstStep">0-based step that the first <see cref="Next"/> returns.</param>
    /// <param name="device">Where the tensors are made.</param>
    /// <param name="rowTokens">The examples of a step are packed into rows of at most so many tokens; null: a row each.</param>
    /// <exception cref="DataException">There are no examples, or one has no labels or does not fit into a row.</exception>
    /// <exception cref="ArgumentException">Batch, micro-batch, total or first step do not fit together.</exception>
    public BatchStream(IReadOnlyList<TokenizedExample> examples, int batch, int microBatch, int seed, int padId, long? totalExamples,
        int firstStep, Device device, int? rowTokens = null)
    {
        if (examples.Count == 0) throw new DataException("There is no example to train on: the data set is empty.");
        for (var i = 0; i < examples.Count; i++)
        {
            if (examples[i].LabelledTokens > 0) continue;
            var (length, labels) = (examples[i].Ids.Length, examples[i].LabelStart);
            throw new DataException($"Example {i} has no token to learn: {length} tokens, labels from {labels}.");
        }
        if (rowTokens is { } most && examples.Max(example => example.Ids.Length) is var longest && longest > most)
        {
            throw new DataException($"The longest example has {longest} tokens and a packed row has {most} at most. "
                + "Cut the examples (`max_tokens`), or make the rows longer.");
        }
        if (rowTokens is not null && examples.Any(example => example.RowLabel is not null))
            throw new DataException("A classifier reads one text a row, so its texts cannot be packed. Leave packing out.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(microBatch);
        if (batch < microBatch || batch % microBatch != 0)
            throw new ArgumentException($"The batch must be a multiple of the micro-batch; found {batch} and {microBatch}.", nameof(batch));
        if (totalExamples is <= 0) throw new ArgumentOutOfRangeException(nameof(totalExamples), totalExamples, "must be positive, or null");
        ArgumentOutOfRangeException.ThrowIfNegative(firstStep);
        _examples = examples;
        (_batch, _microBatch, _padId, _total, _device, _rowTokens) = (batch, microBatch, padId, totalExamples, device, rowTokens);
        _order = new DataOrder(examples.Count, seed);
        Step = firstStep;
        _stop = _ended.Token;
        _thread = new Thread(Prepare) { IsBackground = true, Name = "data" };
        _thread.Start();
    }

    /// <summary>Entered where <see cref="Next"/> has to wait because no step is ready, and left when one is. Null: nobody measures.</summary>
    public Func<IDisposable>? Waiting { get; init; }

    /// <summary>The 0-based step that the next <see cref="Next"/> returns.</summary>
    public int Step { get; private set; }

    /// <summary>Steps of the whole run, those before the first one included; null where the stream never ends.</summary>
    public int? Steps => _total is { } total ? checked((int)((total + _batch - 1) / _batch)) : null;

    /// <summary>What <c>totalExamples</c> is for so many passes over the data: rounded up, as the plan's StepCount rounds.</summary>
    public static long TotalExamples(int examples, double epochs) => (long)decimal.Ceiling(examples * (decimal)epochs);

    /// <summary>The next step; the caller disposes it.</summary>
    /// <exception cref="InvalidOperationException">The stream has ended.</exception>
    public StepBatch Next()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        PreparedStep? step;
        try
        {
            if (!_ready.TryTake(out step, 0, _stop) && !Wait(out step))
            {
                _failure?.Throw();
                throw new InvalidOperationException($"The data ended after step {Steps}: {_total} examples in batches of {_batch}.");
            }
        }
        catch (OperationCanceledException)
        {
            throw new ObjectDisposedException(nameof(BatchStream));
        }
        Step++;
        var micro = step.Passes.Select(pass => pass.ToMicroBatch(_device)).ToArray();
        var (labelled, tokens) = (step.Passes.Sum(pass => pass.LabelledTokens), step.Passes.Sum(pass => pass.Tokens));
        return new StepBatch(micro, labelled, tokens) { Rows = step.Rows };
    }

    private bool Wait([NotNullWhen(true)] out PreparedStep? step)
    {
        using var waiting = Waiting?.Invoke();
        return _ready.TryTake(out step, Timeout.Infinite, _stop);
    }

    /// <summary>Ends the preparing thread, even one that waits.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _ended.Cancel();
        _thread.Join();
        _ended.Dispose();
        _ready.Dispose();
    }

    private void Prepare()
    {
        try
        {
            for (var step = (long)Step; !_stop.IsCancellationRequested; step++)
            {
                var first = step * _batch;
                var count = (int)Math.Min(_batch, (_total ?? long.MaxValue) - first);
                if (count <= 0) break;
                _ready.Add(PrepareStep(_order.Rows(first, count)), _stop);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
        }
        _ready.CompleteAdding();
    }

    private PreparedStep PrepareStep(int[] rows)
    {
        if (_rowTokens is { } rowTokens) return PackStep(rows, rowTokens);
        // Rows of like length share a pass, so that little is padded; which rows a step has, and so its gradient, is untouched. The longest
        // come first: a step that does not fit into memory fails at once.
        if (rows.Length > _microBatch) rows = [.. rows.OrderByDescending(row => _examples[row].Ids.Length)];
        var passes = rows.Chunk(_microBatch).Select(pass => PaddedRows.Of([.. pass.Select(row => _examples[row])], _padId));
        return new PreparedStep(rows, [.. passes]);
    }

    // A step has the same examples as without packing, and so the same number of labels and the same gradient.
    private PreparedStep PackStep(int[] examples, int rowTokens)
    {
        var rows = RowPacking.FirstFit(examples, example => _examples[example].Ids.Length, rowTokens);
        var passes = rows.Chunk(_microBatch)
            .Select(pass => PaddedRows.Packed([.. pass.Select(row => row.Select(example => _examples[example]).ToArray())], _padId));
        return new PreparedStep([.. rows.SelectMany(row => row)], [.. passes]);
    }

    private sealed record PreparedStep(int[] Rows, PaddedRows[] Passes);
}
