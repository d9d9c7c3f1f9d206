namespace NoraPipelines.Tests;

/// <summary>
/// Tests that seed or read torch's default random generator, which all threads share: they run one after another, beside no other test.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RandomState
{
    public const string Name = "default random generator";
}
