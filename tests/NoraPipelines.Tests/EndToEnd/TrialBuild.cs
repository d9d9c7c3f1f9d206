extern alias generator;

using generator::NoraPipelines.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using NoraPipelines.Plans;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>Builds a project of nothing but specs, with the generator and the compiler, in this process.</summary>
internal static class TrialBuild
{
    private const string Folder = "/project/";

    /// <exception cref="Xunit.Sdk.XunitException">A spec has a problem, or its program does not compile.</exception>
    public static void Write(string assembly, IEnumerable<(string Path, string Text)> files)
    {
        var parse = new CSharpParseOptions(LanguageVersion.CSharp14);
        var driver = CSharpGeneratorDriver.Create([new PipelineGenerator().AsSourceGenerator()],
            files.Select(file => new InMemoryText(Folder + file.Path, file.Text)), parse, new ProjectOptions());
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

    private sealed class InMemoryText(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    private sealed class ProjectOptions : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Options(new()
        {
            ["build_property.ProjectDir"] = Folder,
            ["build_property.RootNamespace"] = "Sample",
        });

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class Options(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) =>
            values.TryGetValue(key, out value);
    }
}
