namespace NoraPipelines.Benchmarks.Steps;

/// <summary>Bytes of one method's step.</summary>
/// <param name="Peak">Held at the peak: weights, adapters, moments and what the step adds.</param>
/// <param name="Activations">Left by the forward pass for the backward pass.</param>
internal readonly record struct StepMemory(long Peak, long Activations);
