namespace NoraPipelines.Benchmarks.Steps;

/// <summary>One measured method of one shape and dtype.</summary>
/// <param name="Seconds">Median of a step.</param>
/// <param name="Flops">Operations of a step's matrix products.</param>
/// <param name="Overhead">(seconds / the frozen model's) / (flops / the frozen model's); 1 = the adapter costs what its operations cost; null without a frozen step.</param>
/// <param name="Mfu">flops / seconds over the rate of large products, measured between the steps.</param>
/// <param name="PeakMemory">Bytes at the peak of a step: weights, adapters, moments and what the step adds; on a GPU what libtorch took of the card, at the last method; null where not measured.</param>
/// <param name="ActivationMemory">Bytes that the forward pass leaves for the backward pass; null where not measured.</param>
internal sealed record StepRow(
    string Shape, string Dtype, string Method, double Seconds, double Flops, double? Overhead, double TokensPerSecond, double Mfu,
    long? PeakMemory, long? ActivationMemory);
