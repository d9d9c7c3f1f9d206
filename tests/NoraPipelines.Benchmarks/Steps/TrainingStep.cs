using System.Diagnostics;
using NoraPipelines.Benchmarks.Measuring;
using NoraPipelines.Models;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Benchmarks.Steps;

/// <summary>The step of the generated programs: loss, backward pass, clipping, optimizer. Its adapters sit on the model during a step only.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly IAdaptableModel _model;
    private readonly Func<Tensor> _loss;
    private readonly IReadOnlyList<PlacedAdapter> _adapters;
    private readonly NamedTensor[] _trainable;
    private readonly AdamW _optimizer;

    /// <param name="loss">Of the whole batch.</param>
    public TrainingStep(IAdaptableModel model, Func<Tensor> loss, StepMethod method)
    {
        (_model, _loss, Method) = (model, loss, method);
        _adapters = method.Make(model);
        _trainable = [.. _adapters.SelectMany(item => item.Adapter.Trainable.Select(p => new NamedTensor($"{item.Projection.Path}.{p.Name}", p.Value)))];
        _optimizer = new AdamW(_trainable);
    }

    public StepMethod Method { get; }

    /// <summary>Seconds of one step.</summary>
    public double Run()
    {
        DeviceClock.Wait(_model.Device);
        var watch = Stopwatch.StartNew();
        Step();
        DeviceClock.Wait(_model.Device);
        return watch.Elapsed.TotalSeconds;
    }

    /// <param name="weights">Bytes of the model.</param>
    public StepMemory Measure(long weights)
    {
        Run(); // gradients and moments are there
        ProcessMemory.Settle();
        var before = ProcessMemory.Resident;
        long activations = 0;
        Step(() => activations = ProcessMemory.Resident - before);
        return new StepMemory(weights + OwnBytes() + ProcessMemory.Peak - before, activations);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (var (_, adapter) in _adapters) adapter.Dispose();
    }

    private void Step(Action? afterForward = null)
    {
        Place();
        using (NewDisposeScope())
        {
            var loss = _loss();
            afterForward?.Invoke();
            loss.backward();
            _ = Gradients.ClipNorm(_trainable, 1.0);
            _optimizer.Step(1e-4);
            _optimizer.ZeroGrad();
        }
        foreach (var (projection, _) in _adapters) projection.Adapter = null;
    }

    /// <summary>Adapters and moments; gradients come and go with the step.</summary>
    private long OwnBytes() => _adapters.Sum(item => item.Adapter.Trainable.Sum(p => 3 * Bytes(p)) + item.Adapter.Frozen.Sum(Bytes));

    private static long Bytes(NamedTensor tensor) => tensor.Value.numel() * tensor.Value.element_size();

    private void Place()
    {
        foreach (var (projection, adapter) in _adapters) projection.Adapter = adapter;
    }
}
