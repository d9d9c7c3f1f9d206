using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Diagnostics;

/// <summary>The problems of one file, on their way to the compiler.</summary>
internal sealed record FileProblems(string Path, EquatableArray<SpecProblem> Problems)
{
    /// <summary>Shows them as file(line,column): severity NORA104: message.</summary>
    public void Report(SourceProductionContext context)
    {
        foreach (var problem in Problems)
        {
            context.ReportDiagnostic(Diagnostic.Create(Descriptors.Of(problem.Id), Locate(problem.Place), OneLine(ShownText.Message(problem.Message))));
        }
    }

    /// <summary>Of a message with line breaks the build shows the first line alone.</summary>
    private static string OneLine(string message) => message.Replace("\r", "\\r").Replace("\n", "\\n");

    private Location Locate(Place place) => Location.Create(
        Path,
        new TextSpan(place.Offset, place.Length),
        new LinePositionSpan(new LinePosition(place.Line - 1, place.Column - 1), new LinePosition(place.EndLine - 1, place.EndColumn - 1)));
}
