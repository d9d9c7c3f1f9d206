namespace NoraPipelines.Data;

/// <summary>How examples of one kind become the batches that a model reads.</summary>
public interface ICollator<TExample, TBatch> where TBatch : IDisposable
{
    /// <exception cref="DataException">There is an example that nothing can be learnt from, or that fits into no batch.</exception>
    void Check(IReadOnlyList<TExample> examples);

    /// <summary>A short text that differs wherever what is learnt of the examples differs: a run that goes on must learn from the same. Null: it is not told.</summary>
    string? ContentMark(IReadOnlyList<TExample> examples) => null;

    /// <summary>
    /// The passes of one step, those that need most memory first. Runs on a thread of its own, ahead of training: nothing here makes a
    /// tensor.
    /// </summary>
    /// <param name="first">Where the step begins in the endless stream of epochs, in examples: for what is drawn anew in every epoch.</param>
    /// <param name="step">Which of the examples the step learns from.</param>
    /// <param name="microBatch">Rows of one pass.</param>
    IReadOnlyList<IPreparedBatch<TBatch>> Collate(IReadOnlyList<TExample> examples, long first, int[] step, int microBatch);
}
