namespace NoraPipelines.Data;

/// <summary>What one optimizer step learns from.</summary>
/// <param name="Weight">Labelled tokens, or examples, of the whole step: the step's loss is the sum over all of them divided by this.</param>
/// <param name="Tokens">Tokens of the whole step without padding.</param>
/// <param name="Rows">Which examples these are, as indices into the stream's list, micro-batch after micro-batch and row after row: for messages.</param>
public abstract record StepBatch(int Weight, int Tokens, IReadOnlyList<int> Rows) : IDisposable
{
    public abstract void Dispose();
}

/// <summary>As above, with the passes. Disposing it disposes the tensors of its micro-batches.</summary>
/// <param name="MicroBatches">Passes of the step, the one with the longest rows first.</param>
public sealed record StepBatch<TBatch>(IReadOnlyList<TBatch> MicroBatches, int Weight, int Tokens, IReadOnlyList<int> Rows)
    : StepBatch(Weight, Tokens, Rows)
    where TBatch : IDisposable
{
    public override void Dispose()
    {
        foreach (var micro in MicroBatches) micro.Dispose();
    }
}
