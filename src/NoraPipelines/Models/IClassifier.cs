using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>A model that gives each row of a batch a class, or a value.</summary>
/// <typeparam name="TBatch">What it reads: texts, images.</typeparam>
public interface IClassifier<in TBatch> : IAdaptableModel
{
    /// <summary>Classes, or 1 in a regression.</summary>
    int Labels { get; }

    /// <summary>[rows, labels] float32.</summary>
    Tensor Logits(TBatch batch);
}
