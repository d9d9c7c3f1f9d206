using Microsoft.CodeAnalysis;

namespace NoraPipelines.Generator.Tests;

/// <summary>What a generated program is compiled against: everything that this test project itself runs on, the library included.</summary>
internal static class References
{
    public static IReadOnlyList<MetadataReference> All { get; } =
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(path => path.EndsWith(".dll", StringComparison.Ordinal))
        .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)).ToList();
}
