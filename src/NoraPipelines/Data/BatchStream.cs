using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace NoraPipelines.Data;

/// <summary>
/// The training data as a stream of steps over seeded epochs (<see cref="DataOrder"/>). Step → rows is a pure function of the seed and
/// the step, so a resumed run passes its first step and sees what it would have seen. A thread collates ahead into managed arrays;
/// tensors are made by <see cref="Next"/>, on the caller's thread and in the caller's dispose scope.
/// </summary>
public sealed class BatchStream<TExample, TBatch> : IDisposable where TBatch : IDisposable
{
    // Steps that are ready before they are asked for: enough to hide one slow step, small beside the data itself.
    private const int Ahead = 4;

    private readonly IReadOnlyList<TExample> _examples;
    private readonly ICollator<TExample, TBatch> _collator;
    private readonly int _batch;
    private readonly int _microBatch;
    private readonly long? _total;
    private readonly Device _device;
    private readonly DataOrder _order;
    private readonly BlockingCollection<IReadOnlyList<IPreparedBatch<TBatch>>> _ready = new(Ahead);
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationToken _stop;
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _failure;
    private int _disposed;

    /// <param name="collator">Makes batches of them.</param>
    /// <param name="batch">Examples of one step.</param>
    /// <param name="microBatch">Rows of one pass; divides <paramref name="batch"/>.</param>
    /// <param name="seed">Decides the order of every epoch.</param>
    /// <param name="totalExamples">Where the stream ends, over all epochs: the last step may be smaller. Null: it never ends.</param>
    /// <param name="firstStep">0-based step that the first <see cref="Next"/> returns.</param>
    /// <param name="device">Where the tensors are made.</param>
    /// <exception cref="DataException">There are no examples, or <see cref="ICollator{TExample, TBatch}.Check"/> refuses one.</exception>
    /// <exception cref="ArgumentException">Batch, micro-batch, total or first step do not fit together.</exception>
    public BatchStream(IReadOnlyList<TExample> examples, ICollator<TExample, TBatch> collator, int batch, int microBatch, int seed,
        long? totalExamples, int firstStep, Device device)
    {
        if (examples.Count == 0) throw new DataException("There is no example to train on: the data set is empty.");
        collator.Check(examples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(microBatch);
        if (batch < microBatch || batch % microBatch != 0)
            throw new ArgumentException($"The batch must be a multiple of the micro-batch; found {batch} and {microBatch}.", nameof(batch));
        if (totalExamples is <= 0) throw new ArgumentOutOfRangeException(nameof(totalExamples), totalExamples, "must be positive, or null");
        ArgumentOutOfRangeException.ThrowIfNegative(firstStep);
        _examples = examples;
        (_collator, _batch, _microBatch, _total, _device) = (collator, batch, microBatch, totalExamples, device);
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

    /// <summary>The next step; the caller disposes it.</summary>
    /// <exception cref="InvalidOperationException">The stream has ended.</exception>
    public StepBatch<TBatch> Next()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        IReadOnlyList<IPreparedBatch<TBatch>>? step;
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
            throw new ObjectDisposedException("BatchStream");
        }
        Step++;
        return new StepBatch<TBatch>(
            [.. step.Select(pass => pass.ToDevice(_device))], step.Sum(pass => pass.Weight), step.Sum(pass => pass.Tokens),
            [.. step.SelectMany(pass => pass.Examples)]);
    }

    private bool Wait([NotNullWhen(true)] out IReadOnlyList<IPreparedBatch<TBatch>>? step)
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
                _ready.Add(_collator.Collate(_examples, first, _order.Rows(first, count), _microBatch), _stop);
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
}
