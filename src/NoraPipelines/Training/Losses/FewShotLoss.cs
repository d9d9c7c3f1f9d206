using NoraPipelines.Data;
using NoraPipelines.Models.Clip;
using static TorchSharp.torch;

namespace NoraPipelines.Training;

/// <summary>The training loss of few-shot classification: cross-entropy of pictures over the prompts of all classes, both towers with gradient.</summary>
// Legend: rows = pictures of the batch, classes = prompts, size = pixels of a side.
public static class FewShotLoss
{
    /// <summary>Σ over the batch's pictures, a float32 scalar.</summary>
    /// <param name="pixels">Normalised pictures, [rows, 3, size, size].</param>
    /// <param name="labels">[rows] int64, below the number of prompts.</param>
    /// <param name="prompts">One a class.</param>
    /// <param name="scale">What cosines are multiplied by; null: the model's own.</param>
    public static Tensor Sum(ClipModel model, Tensor pixels, Tensor labels, PromptBatch prompts, double? scale = null)
    {
        using var scope = NewDisposeScope();
        var classes = FewShot.ClassWeights(model, prompts); // [classes, embedding]
        var factor = scale is { } given ? tensor((float)given, device: pixels.device) : model.LogitScale();
        var logits = FewShot.Logits(model.ImageFeatures(pixels), classes, factor); // [rows, classes]
        return nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.Sum).MoveToOuterDisposeScope();
    }
}
