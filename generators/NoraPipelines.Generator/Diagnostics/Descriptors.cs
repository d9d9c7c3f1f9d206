using Microsoft.CodeAnalysis;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Diagnostics;

/// <summary>
/// Every diagnostic: NORA0xx from reading a spec, NORA1xx from planning it. An id is never used again for something else.
/// </summary>
internal static class Descriptors
{
    /// <summary>Where the pages are, from the repository's root.</summary>
    private const string Pages = "docs/diagnostics/";

    public static readonly DiagnosticDescriptor InvalidYaml = new(
        "NORA001", "The file is not valid YAML", "{0}", "NoraPipelines.Reading",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA001.md");

    public static readonly DiagnosticDescriptor UnknownKey = new(
        "NORA002", "A key is unknown", "{0}", "NoraPipelines.Reading",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA002.md");

    public static readonly DiagnosticDescriptor DuplicateKey = new(
        "NORA003", "A key is given twice", "{0}", "NoraPipelines.Reading",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA003.md");

    public static readonly DiagnosticDescriptor WrongType = new(
        "NORA004", "A value has the wrong type", "{0}", "NoraPipelines.Reading",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA004.md");

    public static readonly DiagnosticDescriptor UnknownValue = new(
        "NORA005", "A value is none of those allowed", "{0}", "NoraPipelines.Reading",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA005.md");

    public static readonly DiagnosticDescriptor OutOfRange = new(
        "NORA006", "A value is out of range", "{0}", "NoraPipelines.Reading",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA006.md");

    public static readonly DiagnosticDescriptor MissingKey = new(
        "NORA007", "A required key is missing", "{0}", "NoraPipelines.Reading",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA007.md");

    public static readonly DiagnosticDescriptor UnsupportedYaml = new(
        "NORA008", "YAML that specs do without", "{0}", "NoraPipelines.Reading",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA008.md");

    public static readonly DiagnosticDescriptor NotAvailableYet = new(
        "NORA009", "Not available yet", "{0}", "NoraPipelines.Reading",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA009.md");

    public static readonly DiagnosticDescriptor GeneratorFailure = new(
        "NORA010", "The generator failed", "{0}", "NoraPipelines.Reading",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA010.md");

    public static readonly DiagnosticDescriptor PlanSummary = new(
        "NORA100", "What the pipeline will train", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Pages + "NORA100.md");

    public static readonly DiagnosticDescriptor ExactlyOne = new(
        "NORA101", "Exactly one of several keys is needed", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA101.md");

    public static readonly DiagnosticDescriptor UnknownTarget = new(
        "NORA102", "A target is no projection of the model", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA102.md");

    public static readonly DiagnosticDescriptor UnknownLayer = new(
        "NORA103", "A layer does not exist", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA103.md");

    public static readonly DiagnosticDescriptor RankTooLarge = new(
        "NORA104", "A rank is larger than a target allows", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA104.md");

    public static readonly DiagnosticDescriptor InnerRankNotSmaller = new(
        "NORA105", "The inner rank saves nothing", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Pages + "NORA105.md");

    public static readonly DiagnosticDescriptor BatchNotDivisible = new(
        "NORA106", "The batch is not a multiple of the micro-batch", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA106.md");

    public static readonly DiagnosticDescriptor NoEffect = new(
        "NORA107", "A key has no effect", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA107.md");

    public static readonly DiagnosticDescriptor ScaleFarFromOne = new(
        "NORA108", "alpha / rank is far from 1", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Pages + "NORA108.md");

    public static readonly DiagnosticDescriptor DuplicatePipeline = new(
        "NORA109", "Two specs have the same pipeline name", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA109.md");

    public static readonly DiagnosticDescriptor DuplicateSeed = new(
        "NORA110", "A seed is listed twice", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA110.md");

    public static readonly DiagnosticDescriptor ExamplesTooLong = new(
        "NORA111", "Examples are longer than the model's positions", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA111.md");

    public static readonly DiagnosticDescriptor ColumnsAndTemplate = new(
        "NORA112", "Columns and template do not fit together", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA112.md");

    public static readonly DiagnosticDescriptor ConfigNotInProject = new(
        "NORA113", "A config.json is not in the project", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA113.md");

    public static readonly DiagnosticDescriptor InvalidShape = new(
        "NORA114", "The model's numbers are wrong", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA114.md");

    public static readonly DiagnosticDescriptor AdapterOnRandomWeights = new(
        "NORA115", "An adapter on random weights", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA115.md");

    public static readonly DiagnosticDescriptor NoTokenizer = new(
        "NORA116", "Random weights come with no tokenizer", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA116.md");

    public static readonly DiagnosticDescriptor TaskAndData = new(
        "NORA117", "Task and data do not fit together", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA117.md");

    public static readonly DiagnosticDescriptor NoRoomForPrompt = new(
        "NORA118", "The answer leaves no room for a prompt", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA118.md");

    public static readonly DiagnosticDescriptor NothingToExport = new(
        "NORA119", "Export and method do not fit together", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA119.md");

    public static readonly DiagnosticDescriptor OtherArchitecture = new(
        "NORA120", "The shape belongs to another architecture", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA120.md");

    public static readonly DiagnosticDescriptor DuplicateItem = new(
        "NORA121", "An item is listed twice", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA121.md");

    public static readonly DiagnosticDescriptor ClassifierAndText = new(
        "NORA130", "A classifier and what it is used for do not fit together", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA130.md");

    public static readonly DiagnosticDescriptor TemplateText = new(
        "NORA126", "A template's text is wrong", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA126.md");

    public static readonly DiagnosticDescriptor NoSuchStart = new(
        "NORA135", "The inner matrices cannot start so", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA135.md");

    public static readonly DiagnosticDescriptor NoSuchRanks = new(
        "NORA136", "Ranks cannot change like that", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA136.md");

    public static readonly DiagnosticDescriptor NotSwept = new(
        "NORA140", "A sweep cannot vary this key", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA140.md");

    public static readonly DiagnosticDescriptor TooManyVariants = new(
        "NORA141", "A sweep has too many variants", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA141.md");

    public static readonly DiagnosticDescriptor NothingToMatch = new(
        "NORA142", "A matched budget has no NoRA to match", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Pages + "NORA142.md");

    public static readonly DiagnosticDescriptor AboveBudget = new(
        "NORA143", "A variant trains more than its budget", "{0}", "NoraPipelines.Planning",
        DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Pages + "NORA143.md");

    /// <summary>All of them, in the order of their ids.</summary>
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        InvalidYaml, UnknownKey, DuplicateKey, WrongType, UnknownValue, OutOfRange, MissingKey, UnsupportedYaml, NotAvailableYet,
        GeneratorFailure, PlanSummary, ExactlyOne, UnknownTarget, UnknownLayer, RankTooLarge, InnerRankNotSmaller, BatchNotDivisible,
        NoEffect, ScaleFarFromOne, DuplicatePipeline, DuplicateSeed, ExamplesTooLong, ColumnsAndTemplate, ConfigNotInProject,
        InvalidShape, AdapterOnRandomWeights, NoTokenizer, TaskAndData, NoRoomForPrompt, NothingToExport, OtherArchitecture,
        DuplicateItem, TemplateText,
        ClassifierAndText, NoSuchStart, NoSuchRanks, NotSwept, TooManyVariants, NothingToMatch, AboveBudget,
    ];

    public static DiagnosticDescriptor Of(string id) => All.First(descriptor => descriptor.Id == id);

    public static bool IsError(SpecProblem problem) => Of(problem.Id).DefaultSeverity == DiagnosticSeverity.Error;
}
