namespace NoraPipelines.Tests.Runs.Walking;

/// <summary>
/// Alone: traces and the memory of meta tensors are the process's, and libtorch's observer is not made to be taken away while other threads are in operators.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OnMeta
{
    public const string Name = nameof(OnMeta);
}
