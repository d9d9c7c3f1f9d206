namespace NoraPipelines.Plans;

/// <summary>A problem of one spec at its place; equal by value, so that it can live in the generator's pipeline.</summary>
/// <param name="Id">NORA002, …: see Diagnostics/Descriptors.cs.</param>
public sealed record SpecProblem(string Id, string Message, Place Place);
