extern alias generator;

using generator::NoraPipelines.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Generating;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>Builds a project of nothing but specs, with the generator and the compiler, in this process.</summary>
internal static class TrialBuild
{
    /// <exception cref="Xunit.Sdk.XunitException">A spec has a problem, or its program does not compile.</exception>
    public static void Write(string assembly, IEnumerable<(string Path, string Text)> files)
    {
        var parse = new CSharpParseOptions(LanguageVersion.CSharp14);
        var driver = CSharpGeneratorDriver.Create([new PipelineGenerator().AsSourceGenerator()],
            files.Select(file => SampleProject.File(file.Path, file.Text)), parse, new SampleProject());
        var project = CSharpCompilation.Create("sample", [], References, new CSharpCompilationOptions(
            OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        driver.RunGeneratorsAndUpdateCompilation(project, out var program, out var problems);
        Assert.True(problems.All(problem => problem.Severity < DiagnosticSeverity.Warning), string.Join("\n", problems));
        var emitted = program.Emit(assembly);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
    }

    private static IReadOnlyList<MetadataReference> References { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(path => path.EndsWith(".dll", StringComparison.Ordinal))
        .Append(typeof(PipelinePlan).Assembly.Location).Distinct()
        .Select(path => MetadataReference.CreateFromFile(path)),
    ];
}
