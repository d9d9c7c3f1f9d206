using System.Xml.Linq;

namespace NoraPipelines.Tests.Build;

/// <summary>What each project stands on. The table of docs/architecture.md says the same; a new project gets a row in both.</summary>
public sealed class ProjectReferencesTests
{
    private const string Core = "NoraPipelines", Plan = "NoraPipelines.Plan", Text = "NoraPipelines.Text", Language = "NoraPipelines.Language",
        Images = "NoraPipelines.Images";

    private sealed record Allowed(string[] Projects, string[] Packages);

    private static readonly Dictionary<string, Allowed> Table = new()
    {
        [Plan] = new([], ["PolySharp"]),
        [Text] = new([], ["Google.Protobuf"]),
        [Core] = new([Plan], ["TorchSharp"]),
        [Language] = new([Core, Text, Plan], ["Parquet.Net", "SharpZipLib"]),
        [Images] = new([Core, Plan], ["SkiaSharp", "SkiaSharp.NativeAssets.Linux.NoDependencies"]),
        ["NoraPipelines.Cli"] = new([Language, Images, Core, Text, Plan],
            ["Microsoft.Extensions.Configuration", "Microsoft.Extensions.Configuration.Json", "Spectre.Console", "System.CommandLine"]),
        ["NoraPipelines.Build"] = new([], ["Microsoft.Build.Framework", "System.Reflection.Metadata"]),
        ["NoraPipelines.Generator"] = new([Plan], ["Microsoft.CodeAnalysis.CSharp", "PolySharp", "YamlDotNet"]),
    };

    public static TheoryData<string> Projects => [.. Table.Keys];

    [Fact]
    public void Every_project_has_its_row() =>
        Assert.Equal(Table.Keys.Order(StringComparer.Ordinal), Files().Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_what_its_row_allows(string project)
    {
        var reached = Reached(project);

        Assert.True(reached.IsSubsetOf(Table[project].Projects), $"{project} references {string.Join(", ", reached.Except(Table[project].Projects))}.");
        Assert.Equal(Table[project].Packages.Order(StringComparer.Ordinal), Named(project, "PackageReference").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(typeof(NoraPipelines.Plans.PipelinePlan))]
    [InlineData(typeof(NoraPipelines.Tokenization.TextTokenizer))]
    [InlineData(typeof(NoraException))]
    [InlineData(typeof(NoraPipelines.Data.TextCollator))]
    [InlineData(typeof(NoraPipelines.Images.Picture))]
    [InlineData(typeof(NoraPipelines.Cli.PipelineHost))]
    public void What_was_compiled_uses_no_more(Type known)
    {
        var assembly = known.Assembly;
        var name = assembly.GetName().Name!;
        string[] guarded = [.. Table.Values.SelectMany(row => row.Packages), "Parquet"];
        var used = assembly.GetReferencedAssemblies().Select(reference => reference.Name!).ToHashSet();

        Assert.Empty(used.Where(reference => Table.ContainsKey(reference)).Except(Table[name].Projects));
        if (name is Text or Plan) Assert.DoesNotContain("TorchSharp", used);
        if (name is Core) Assert.Empty(used.Intersect(guarded).Except(Table[name].Packages));
    }

    [Fact]
    public void One_import_brings_a_project_of_specs_every_library()
    {
        var brought = References(Repository.Path("src/NoraPipelines/build/NoraPipelines.targets"), "ProjectReference").Select(ProjectName).ToArray();

        Assert.Contains("NoraPipelines.Cli", brought);
        Assert.Equal([Core, Images, Language, Plan, Text], Reached("NoraPipelines.Cli").Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Files() => ((string[])["src", "generators"])
        .SelectMany(folder => Directory.GetDirectories(Repository.Path(folder)))
        .SelectMany(folder => Directory.GetFiles(folder, "*.csproj"));

    /// <summary>The project's references, and theirs.</summary>
    private static HashSet<string> Reached(string project)
    {
        var direct = Named(project, "ProjectReference").ToArray();
        return [.. direct, .. direct.SelectMany(Reached)];
    }

    private static IEnumerable<string> Named(string project, string kind) =>
        References(Files().Single(file => Path.GetFileNameWithoutExtension(file) == project), kind).Select(ProjectName);

    private static IEnumerable<string> References(string file, string kind) =>
        XDocument.Load(file).Descendants(kind).Select(reference => (string?)reference.Attribute("Include")).OfType<string>();

    private static string ProjectName(string reference) =>
        reference.EndsWith(".csproj", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(reference) : reference;
}
