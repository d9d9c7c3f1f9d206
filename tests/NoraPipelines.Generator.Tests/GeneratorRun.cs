using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NoraPipelines.Generator.Emission;
using NoraPipelines.Runs;
using NoraPipelines.Tests.Generating;

namespace NoraPipelines.Generator.Tests;

/// <summary>The generator on files held in memory, in a project at /project with the root namespace Sample.</summary>
internal sealed class GeneratorRun
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp14);
    private GeneratorDriver _driver;
    private readonly Dictionary<string, AdditionalText> _files = [];

    private GeneratorRun(IEnumerable<(string Path, string Text)> files)
    {
        foreach (var (path, text) in files) _files.Add(path, SampleProject.File(path, text));
        _driver = CSharpGeneratorDriver.Create(
            [new PipelineGenerator().AsSourceGenerator()],
            _files.Values,
            ParseOptions,
            new SampleProject(),
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        Compilation = CSharpCompilation.Create("Sample", [], References.All, new CSharpCompilationOptions(
            OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        Run();
    }

    public CSharpCompilation Compilation { get; private set; }

    /// <summary>The project with what was generated.</summary>
    public Compilation Output { get; private set; } = null!;

    public GeneratorRunResult Result => _driver.GetRunResult().Results.Single();

    public static GeneratorRun On(params (string Path, string Text)[] files) => new(files);

    /// <summary>One spec, sample.nora.yaml.</summary>
    public static GeneratorRun OnSpec(string text) => new([("sample.nora.yaml", text)]);

    /// <summary>The text of a generated file.</summary>
    public string Source(string name) => Result.GeneratedSources.Single(source => source.HintName == name).SourceText.ToString();

    /// <summary>As the build's output shows them: path(line,column): severity ID: message; without the summaries of valid specs.</summary>
    public IReadOnlyList<string> Problems => Result.Diagnostics.Where(problem => problem.Id != "NORA100").Select(Show).ToList();

    /// <summary>Only ids and places: "NORA104 (12,20)".</summary>
    public IReadOnlyList<string> ProblemPlaces => Result.Diagnostics.Where(problem => problem.Id != "NORA100").Select(problem =>
    {
        var start = problem.Location.GetLineSpan().StartLinePosition;
        return $"{problem.Id} ({start.Line + 1},{start.Character + 1})";
    }).ToList();

    public GeneratorRun Edit(string path, string text)
    {
        var changed = SampleProject.File(path, text);
        _driver = _files.Remove(path, out var old) ? _driver.ReplaceAdditionalText(old, changed) : _driver.AddAdditionalTexts([changed]);
        _files.Add(path, changed);
        Run();
        return this;
    }

    public GeneratorRun EditCode(string code)
    {
        Compilation = Compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(CSharpSyntaxTree.ParseText(code, ParseOptions));
        Run();
        return this;
    }

    /// <summary>The plans that programs were made from, in the order of the specs.</summary>
    public IReadOnlyList<PipelineUnit> Units =>
        [.. Result.TrackedSteps[PipelineGenerator.Steps.Units].SelectMany(step => step.Outputs).Select(output => (PipelineUnit)((ITuple)output.Value)[2]!)];

    /// <summary>Fails where the project with what was generated has an error or a warning.</summary>
    public void AssertCompiles()
    {
        var problems = Output.GetDiagnostics().Where(problem => problem.Severity >= DiagnosticSeverity.Warning).ToList();
        Assert.True(problems.Count == 0, string.Join("\n", problems.Select(Show)));
    }

    /// <summary>The compiled project, loaded beside others.</summary>
    public Assembly Load(string name)
    {
        AssertCompiles();
        using var assembly = new MemoryStream();
        Assert.True(Output.Emit(assembly).Success);
        assembly.Position = 0;
        return new AssemblyLoadContext(name).LoadFromStream(assembly);
    }

    /// <summary>The compiled program of the only spec, Sample.Sample, without a run.</summary>
    public Pipeline LoadProgram(string name) => (Pipeline)RuntimeHelpers.GetUninitializedObject(Load(name).GetType("Sample.Sample")!);

    /// <summary>Why each output of a step ran (or did not), of the last run.</summary>
    public IReadOnlyList<IncrementalStepRunReason> Reasons(string step) =>
        Result.TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason).ToList();

    public static string Show(Diagnostic problem)
    {
        var place = problem.Location.GetLineSpan();
        var start = place.StartLinePosition;
        return $"{place.Path.Replace(SampleProject.Folder, "")}({start.Line + 1},{start.Character + 1}): "
            + $"{problem.Severity.ToString().ToLowerInvariant()} {problem.Id}: {problem.GetMessage()}";
    }

    private void Run()
    {
        _driver = _driver.RunGeneratorsAndUpdateCompilation(Compilation, out var output, out _);
        Output = output;
    }
}
