using NoraPipelines.Data;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Training;

/// <summary>The training loss of a model that classifies: cross-entropy, or the squared error where the head has one output.</summary>
// Legend: rows = texts of the batch, labels = outputs of the head.
public static class ClassificationLoss
{
    /// <summary>Σ over the batch's texts, a float32 scalar.</summary>
    public static Tensor Sum(IClassifier<TextBatch> model, TextBatch batch)
    {
        using var scope = NewDisposeScope();
        var logits = model.Logits(batch); // [rows, labels]
        var wanted = batch.RowLabels ?? throw new InvalidOperationException("The batch has no labels of whole rows.");
        var sum = logits.shape[1] == 1
            ? (logits.squeeze(1) - wanted).square().sum()
            : nn.functional.cross_entropy(logits, wanted.to(ScalarType.Int64), reduction: nn.Reduction.Sum);
        return sum.MoveToOuterDisposeScope();
    }
}
