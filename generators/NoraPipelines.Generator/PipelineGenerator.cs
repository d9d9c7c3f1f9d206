using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using NoraPipelines.Generator.Diagnostics;
using NoraPipelines.Generator.Emission;
using NoraPipelines.Generator.Planning;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator;

/// <summary>
/// *.nora.yaml → one program each, and a Main that lists them. Programs, Main and diagnostics are separate outputs, and every step
/// hands on values that are equal by content: an edit runs again only what depends on it.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class PipelineGenerator : IIncrementalGenerator
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // ---- What is read: specs, config.json files, two build properties, names of the library's types ------------------------
        var project = context.AnalyzerConfigOptionsProvider.Select(ProjectFacts.Read).WithTrackingName(Steps.Project);
        var configs = context.AdditionalTextsProvider.Where(SpecFile.IsConfig).Select(SpecFile.Read).Collect()
            .Select((files, _) => files
                .OrderBy(file => file.Path, StringComparer.Ordinal).ToEquatableArray()).WithTrackingName(Steps.Configs);
        var specs = context.AdditionalTextsProvider.Where(SpecFile.IsSpec).Select(SpecFile.Read).WithTrackingName(Steps.Specs);

        var library = context.MetadataReferencesProvider.Select(LibraryTypes.In).Where(names => names.Count > 0).Collect()
            .Select((assemblies, _) => assemblies.SelectMany(names => names).ToEquatableArray()).WithTrackingName(Steps.Library);

        // ---- Spec → plan: places of problems live here, and nowhere after ------------------------------------------------------
        var planned = specs.Combine(project).Combine(configs)
            .Select((input, _) => Planner.Plan(input.Left.Left, input.Left.Right, input.Right)).WithTrackingName(Steps.Planned);

        // ---- All pipelines together: names that are taken, Main ------------------------------------------------------------------
        var registry = planned.Select((spec, _) => new PipelineName(spec.Path, spec.NamePlace, spec.Stub, spec.Comparison is not null,
                spec.Variants.Select(variant => variant.Stub.ClassName).ToEquatableArray())).Collect().Combine(library)
            .Select((input, _) => PipelineRegistry.Of(input.Left, input.Right)).WithTrackingName(Steps.Registry);
        var main = registry.Select((pipelines, _) => ProgramRegistry.Emit(pipelines)).WithTrackingName(Steps.Main);

        // ---- Plan → C# -----------------------------------------------------------------------------------------------------------
        var programs = planned.SelectMany((spec, _) => spec.Programs).WithTrackingName(Steps.Units)
            .Combine(registry.Select((pipelines, _) => pipelines.Losers))
            .Where(input => !input.Right.Contains(input.Left.Stub.SpecPath))
            .Select((input, _) =>
                GeneratedProgram.Emit(input.Left.Path, input.Left.Stub, input.Left.Unit)).WithTrackingName(Steps.Programs);

        var comparisons = planned.Select((spec, _) => spec.Comparison).WithTrackingName(Steps.Comparisons)
            .Combine(registry.Select((pipelines, _) => pipelines.Losers))
            .Where(input => input.Left is { } sweep && !input.Right.Contains(sweep.SpecPath))
            .Select((input, _) => ComparisonEmitter.Emit(input.Left!));

        // ---- Outputs -------------------------------------------------------------------------------------------------------------
        context.RegisterSourceOutput(programs, (output, program) =>
        {
            foreach (var file in program.Files) output.AddSource(file.Name, SourceText.From(file.Text, Utf8));
        });
        context.RegisterSourceOutput(comparisons, (output, file) => output.AddSource(file.Name, SourceText.From(file.Text, Utf8)));
        context.RegisterSourceOutput(main, (output, text) =>
        {
            if (text is not null) output.AddSource(ProgramRegistry.FileName, SourceText.From(text, Utf8));
        });
        var problems = planned.Select((spec, _) => new FileProblems(spec.Path, spec.Problems)).WithTrackingName(Steps.Problems);
        context.RegisterSourceOutput(problems, (output, file) => file.Report(output));
        context.RegisterSourceOutput(programs.Select((program, _) => program.Failure), (output, file) => file?.Report(output));
        context.RegisterSourceOutput(registry.Select((pipelines, _) => pipelines.Problems), (output, files) =>
        {
            foreach (var file in files) file.Report(output);
        });
    }

    /// <summary>Names of the steps, for the tests of what runs again.</summary>
    internal static class Steps
    {
        public const string Project = nameof(Project);
        public const string Configs = nameof(Configs);
        public const string Specs = nameof(Specs);
        public const string Library = nameof(Library);
        public const string Planned = nameof(Planned);
        public const string Registry = nameof(Registry);
        public const string Main = nameof(Main);
        public const string Units = nameof(Units);
        public const string Programs = nameof(Programs);
        public const string Comparisons = nameof(Comparisons);
        public const string Problems = nameof(Problems);
    }
}
