using Microsoft.CodeAnalysis.Diagnostics;

namespace NoraPipelines.Generator.Planning;

/// <summary>What the generator knows of the project, from the build properties that every SDK project shows to analyzers.</summary>
internal sealed record ProjectFacts(string Folder, string Namespace)
{
    public static ProjectFacts Read(AnalyzerConfigOptionsProvider options, CancellationToken cancel) => new(
        options.GlobalOptions.TryGetValue("build_property.ProjectDir", out var folder) ? folder : "",
        options.GlobalOptions.TryGetValue("build_property.RootNamespace", out var name) && name.Length > 0 ? name : "Pipelines");
}
