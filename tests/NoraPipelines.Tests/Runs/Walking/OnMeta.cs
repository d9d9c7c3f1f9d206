namespace NoraPipelines.Tests.Runs.Walking;

/// <summary>One test at a time: traces and the memory of meta tensors are the process's.</summary>
[CollectionDefinition(Name)]
public sealed class OnMeta
{
    public const string Name = nameof(OnMeta);
}
