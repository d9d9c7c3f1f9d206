using NoraPipelines.Benchmarks.Measuring;
using NoraPipelines.Data;
using NoraPipelines.Models.Llama;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Benchmarks.Steps;

/// <summary>One model with a batch, and every method ready to step on it.</summary>
internal sealed class Bench : IDisposable
{
    private readonly LlamaModel _model;
    private readonly TextBatch _batch;
    private readonly TrainingStep[] _steps;
    private readonly ScalarType _dtype;

    /// <param name="recompute">Gradient checkpointing.</param>
    public Bench(StepShape shape, ScalarType dtype, Device device, IReadOnlyList<StepMethod> methods, bool recompute = false)
    {
        using var scope = NewDisposeScope();
        _dtype = dtype;
        _model = LlamaModel.Random(shape.Model, seed: 1, dtype, device, drawThere: true);
        _model.GradientCheckpointing = recompute;
        _batch = Batch(shape, device);
        _steps = [.. methods.Select(method => new TrainingStep(_model, () => CausalLoss.Sum(_model, _batch) / _batch.LabelledTokens, method))];
    }

    /// <summary>Seconds of each method's steps, and the rate of large products in each round.</summary>
    public (double[][] Seconds, double[] Rates) Time(int rounds)
    {
        const int warmUp = 2;
        using var product = new MatrixRate(_dtype, _model.Device);
        var seconds = _steps.Select(_ => new double[rounds]).ToArray();
        var rates = new double[rounds];
        for (var round = -warmUp; round < rounds; round++)
        {
            var measured = new List<double>();
            for (var index = 0; index < _steps.Length; index++)
            {
                measured.Add(product.Measure());
                var time = _steps[index].Run();
                if (round >= 0) seconds[index][round] = time;
            }
            if (round >= 0) rates[round] = Median.Of(measured);
        }
        return (seconds, rates);
    }

    /// <summary>Of each method, within <see cref="ProcessMemory.FollowTensors"/>.</summary>
    public IReadOnlyList<StepMemory> Measure()
    {
        var weights = _model.Parameters.Sum(weight => weight.Value.numel() * weight.Value.element_size());
        return [.. _steps.Select(step => step.Measure(weights))];
    }

    public void Dispose()
    {
        foreach (var step in _steps) step.Dispose();
        _batch.Dispose();
        _model.Dispose();
    }

    private static TextBatch Batch(StepShape shape, Device device)
    {
        using var generator = new Generator(1, CPU);
        var ids = randint(0, shape.Model.VocabularySize, [shape.Rows, shape.Tokens], ScalarType.Int64, CPU, generator: generator);
        var labels = ids.clone();
        labels.narrow(1, 0, 1).fill_(TextBatch.Ignored);
        // Every token but the last of a row comes before a label.
        var places = arange((long)shape.Rows * shape.Tokens, ScalarType.Int64).view(shape.Rows, shape.Tokens).narrow(1, 0, shape.Tokens - 1).flatten();
        return new TextBatch(
            ids.to(device).DetachFromDisposeScope(), labels.to(device).DetachFromDisposeScope(), null, shape.Rows * (shape.Tokens - 1))
        {
            LabelPlaces = places.to(device).DetachFromDisposeScope(),
        };
    }
}
