using Microsoft.CodeAnalysis;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Tests;

/// <summary>What a generated program is compiled against: everything that this test project itself runs on, the library included.</summary>
internal static class References
{
    public static IReadOnlyList<MetadataReference> All { get; } =
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(path => path.EndsWith(".dll", StringComparison.Ordinal))
        // The generator hands its own copy of the plan to the compiler, which takes it off the list of the host.
        .Append(typeof(PipelinePlan).Assembly.Location).Distinct()
        .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)).ToList();
}
