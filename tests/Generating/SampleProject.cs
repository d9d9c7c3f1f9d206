using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace NoraPipelines.Tests.Generating;

/// <summary>What the build tells the generator of a project at /project with the root namespace Sample.</summary>
internal sealed class SampleProject : AnalyzerConfigOptionsProvider
{
    public const string Folder = "/project/";

    public override AnalyzerConfigOptions GlobalOptions { get; } = new Options(new()
    {
        ["build_property.ProjectDir"] = Folder,
        ["build_property.RootNamespace"] = "Sample",
    });

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

    /// <summary>A file of the project.</summary>
    /// <param name="name">Its path in the project.</param>
    public static AdditionalText File(string name, string text) => new InMemoryText(Folder + name, text);

    private sealed class InMemoryText(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    private sealed class Options(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
