namespace NoraPipelines.Interop;

/// <summary>One entry of a trace: an operator, a node of the backward pass, or a range of ours.</summary>
/// <param name="Id">Of the entry; <paramref name="Parent"/> is that of the entry which it ran in.</param>
/// <param name="Sequence">Autograd's number: of a node, or of the next node where this is an operator with a graph; below 0: none.</param>
/// <param name="Thread">The observer's number of the thread that ran it.</param>
/// <param name="Flags">Arguments that are booleans, in their order.</param>
internal sealed record TracedOperator(
    long Id, long Parent, string Name, long Sequence, long Thread, IReadOnlyList<TracedTensor> Inputs, IReadOnlyList<TracedTensor> Outputs, IReadOnlyList<bool> Flags);
