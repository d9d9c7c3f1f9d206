namespace NoraPipelines.Data;

/// <summary>What one optimizer step learns from. Disposing it disposes the tensors of its micro-batches.</summary>
/// <param name="MicroBatches">Passes of the step, the one with the longest rows first.</param>
/// <param name="LabelledTokens">Labels of the whole step: the step's loss is the sum over all labels divided by this.</param>
/// <param name="Tokens">Tokens of the whole step without padding.</param>
public sealed record StepBatch(IReadOnlyList<MicroBatch> MicroBatches, int LabelledTokens, int Tokens) : IDisposable
{
    /// <summary>Which examples these are, as indices into the stream's list, micro-batch after micro-batch and row after row: for messages.</summary>
    public IReadOnlyList<int> Rows { get; init; } = [];

    public void Dispose()
    {
        foreach (var micro in MicroBatches) micro.Dispose();
    }
}
