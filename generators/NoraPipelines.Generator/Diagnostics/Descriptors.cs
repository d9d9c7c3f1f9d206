using Microsoft.CodeAnalysis;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Diagnostics;

/// <summary>
/// Every diagnostic: NORA0xx from reading a spec, NORA1xx from planning it. An id is never used again for something else. How severe each is
/// stands in <see cref="ProblemSeverities"/>.
/// </summary>
internal static class Descriptors
{
    /// <summary>All of them, in the order of their ids.</summary>
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        Descriptor("NORA001", "The file is not valid YAML"),
        Descriptor("NORA002", "A key is unknown"),
        Descriptor("NORA003", "A key is given twice"),
        Descriptor("NORA004", "A value has the wrong type"),
        Descriptor("NORA005", "A value is none of those allowed"),
        Descriptor("NORA006", "A value is out of range"),
        Descriptor("NORA007", "A required key is missing"),
        Descriptor("NORA008", "YAML that specs do without"),
        Descriptor("NORA009", "Not available yet"),
        Descriptor("NORA010", "The generator failed"),
        Descriptor("NORA100", "What the pipeline will train"),
        Descriptor("NORA101", "Exactly one of several keys is needed"),
        Descriptor("NORA102", "A target is no projection of the model"),
        Descriptor("NORA103", "A layer does not exist"),
        Descriptor("NORA104", "A rank is larger than a target allows"),
        Descriptor("NORA105", "The inner rank saves nothing"),
        Descriptor("NORA106", "The batch is not a multiple of the micro-batch"),
        Descriptor("NORA107", "A key has no effect"),
        Descriptor("NORA108", "alpha / rank is far from 1"),
        Descriptor("NORA109", "Two specs have the same pipeline name"),
        Descriptor("NORA110", "A seed is listed twice"),
        Descriptor("NORA111", "Examples are longer than the model's positions"),
        Descriptor("NORA112", "Columns and template do not fit together"),
        Descriptor("NORA113", "A config.json is not in the project"),
        Descriptor("NORA114", "The model's numbers are wrong"),
        Descriptor("NORA115", "An adapter on random weights"),
        Descriptor("NORA116", "Random weights come with no tokenizer"),
        Descriptor("NORA117", "Task and data do not fit together"),
        Descriptor("NORA118", "The answer leaves no room for a prompt"),
        Descriptor("NORA119", "Export and method do not fit together"),
        Descriptor("NORA120", "The shape belongs to another architecture"),
        Descriptor("NORA121", "An item is listed twice"),
        Descriptor("NORA122", "The schedule's shares are more than all steps"),
        Descriptor("NORA123", "A pipeline's class has a name that programs use"),
        Descriptor("NORA126", "A template's text is wrong"),
        Descriptor("NORA130", "A classifier and what it is used for do not fit together"),
        Descriptor("NORA135", "The inner matrices cannot start so"),
        Descriptor("NORA136", "Ranks cannot change like that"),
        Descriptor("NORA140", "A sweep cannot vary this key"),
        Descriptor("NORA141", "A sweep has too many variants"),
        Descriptor("NORA142", "A matched budget has no NoRA to match"),
        Descriptor("NORA143", "A variant trains more than its budget"),
    ];

    public static DiagnosticDescriptor Of(string id) => All.First(descriptor => descriptor.Id == id);

    public static bool IsError(SpecProblem problem) => ProblemSeverities.Of(problem.Id) == ProblemSeverity.Error;

    private static DiagnosticDescriptor Descriptor(string id, string title) => new(
        id, title, "{0}", id.StartsWith("NORA0", StringComparison.Ordinal) ? "NoraPipelines.Reading" : "NoraPipelines.Planning",
        Severity(id), isEnabledByDefault: true, helpLinkUri: Page(id));

    /// <summary>The page, in the repository and in the package.</summary>
    private static string Page(string id) => $"docs/diagnostics/{id}.md";

    private static DiagnosticSeverity Severity(string id) => ProblemSeverities.Of(id) switch
    {
        ProblemSeverity.Error => DiagnosticSeverity.Error,
        ProblemSeverity.Warning => DiagnosticSeverity.Warning,
        _ => DiagnosticSeverity.Info,
    };
}
