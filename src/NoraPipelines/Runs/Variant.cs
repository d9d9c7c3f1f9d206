namespace NoraPipelines.Runs;

/// <summary>One of the pipelines that a comparison compares.</summary>
/// <param name="Name">Short, unique in its comparison: awsvd. It names a folder.</param>
/// <param name="Pipeline">A whole pipeline, which `run` knows as well: table-5.awsvd.</param>
/// <param name="Values">What it has that the base spec has not, in the spec's words: adapter.outer.init, awsvd.</param>
public sealed record Variant(string Name, Pipeline Pipeline, IReadOnlyList<KeyValuePair<string, string>> Values);
