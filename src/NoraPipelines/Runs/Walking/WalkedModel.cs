using NoraPipelines.Data;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Bert;
using NoraPipelines.Models.Llama;
using NoraPipelines.Models.Roberta;
using NoraPipelines.Plans;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Runs.Walking;

/// <summary>A plan's model, with what trains on it and a batch as large as the plan's largest, on the device meta: shapes without numbers.</summary>
internal sealed class WalkedModel : IDisposable
{
    private readonly AdapterSet _adapters = new();

    /// <exception cref="NoraException">No program of this version trains the model.</exception>
    public WalkedModel(PipelinePlan plan)
    {
        var dtype = plan.Model.Dtype == WeightType.Float32 ? ScalarType.Float32 : ScalarType.BFloat16;
        var labels = plan.Dataset.Task is { } task ? GlueTasks.Of(task).Outputs : 1;
        Model = plan.Model.Shape switch
        {
            DecoderShape shape => LlamaModel.Random(shape, seed: 0, dtype, META),
            RobertaShape shape => RobertaModel.Random(shape, labels, seed: 0, dtype, META),
            BertShape shape => BertModel.Random(shape, labels, seed: 0, dtype, META),
            _ => throw new NoraException($"{plan.Name}: a step of {Words.Of(plan.Model.Shape.Architecture)} cannot be walked, as no program trains it yet. Leave --dry-run out."),
        };
        Model.GradientCheckpointing = plan.Training.GradientCheckpointing;
        if (plan.Adapter.TrainsModel)
        {
            Trainable = Model.TrainAllParameters();
        }
        else
        {
            var paths = plan.Adapter.TargetsIn(plan.Model.Shape)
                .SelectMany(target => Enumerable.Range(0, target.Layers).Where(layer => plan.Adapter.Layers.Indices?.Contains(layer) ?? true).Select(target.PathOf))
                .ToHashSet(StringComparer.Ordinal);
            AdapterMethods.Of(plan.Adapter.Method).Place(_adapters, [.. Model.Projections.Where(projection => paths.Contains(projection.Path))], plan.Adapter);
            foreach (var module in Model.TrainedModules) _adapters.TrainInFull(module);
            Trainable = _adapters.Trainable;
        }
        foreach (var module in Model.TrainedModules) module.Training = true;
        _adapters.Training = true;
        Optimizer = new AdamW(Trainable, plan.Training.WeightDecay, plan.Training.Beta1, plan.Training.Beta2, plan.Training.AdamEpsilon);
        Step = plan.Adapter.TrainsModel ? null : AdapterMethods.Of(plan.Adapter.Method).StepOf(_adapters, plan.Adapter);
        Batch = BatchOf(plan);
    }

    public IAdaptableModel Model { get; }

    public IReadOnlyList<NamedTensor> Trainable { get; }

    public AdamW Optimizer { get; }

    /// <summary>What the method does beside; null: nothing.</summary>
    public MethodStep? Step { get; }

    /// <summary>A micro-batch whose rows all have the longest example's tokens, every one a label.</summary>
    public TextBatch Batch { get; }

    /// <summary>The sum of the batch's losses, a scalar.</summary>
    public Tensor Loss() => Model is ICausalModel decoder ? CausalLoss.Sum(decoder, Batch) : ClassificationLoss.Sum((IClassifier<TextBatch>)Model, Batch);

    public void Dispose()
    {
        Batch.Dispose();
        Step?.Dispose();
        Optimizer.Dispose();
        _adapters.Dispose();
        Model.Dispose();
    }

    private TextBatch BatchOf(PipelinePlan plan)
    {
        var (rows, tokens) = ((long)plan.Training.MicroBatch, (long)plan.Dataset.MaxTokens);
        var classifies = Model is IClassifier<TextBatch>;
        return new TextBatch(Numbers(), Numbers(), paddingMask: null, (int)(rows * (tokens - 1)))
        {
            RowLabels = classifies ? zeros([rows], ScalarType.Float32, META).DetachFromDisposeScope() : null,
            LabelPlaces = classifies ? null : zeros([rows * (tokens - 1)], ScalarType.Int64, META).DetachFromDisposeScope(),
            Segments = plan.Dataset.Packing ? Numbers() : null,
            Positions = plan.Dataset.Packing ? Numbers() : null,
        };

        Tensor Numbers() => zeros([rows, tokens], ScalarType.Int64, META).DetachFromDisposeScope();
    }
}
