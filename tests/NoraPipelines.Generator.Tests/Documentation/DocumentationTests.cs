using System.Text.RegularExpressions;
using NoraPipelines.Generator.Diagnostics;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Tests.Documentation;

/// <summary>What is written of the language and the diagnostics is made from, or compared with, the code.</summary>
public partial class DocumentationTests
{
    [Fact]
    public void The_schema_is_that_of_the_key_table() =>
        Snapshot.IsFile(SchemaWriter.Write(), Repository.Path("docs", "nora-pipeline.schema.json"));

    [Fact]
    public void The_list_of_keys_is_that_of_the_key_table() => Snapshot.IsFile(SpecDocWriter.Write(), Repository.Path("docs", "spec.md"));

    [Fact]
    public void Every_diagnostic_has_a_page_with_cause_example_and_remedy()
    {
        foreach (var descriptor in Descriptors.All)
        {
            var page = File.ReadAllText(Repository.Path(descriptor.HelpLinkUri));
            Assert.StartsWith($"# {descriptor.Id}: {descriptor.Title}\n\nSeverity: {descriptor.DefaultSeverity.ToString().ToLowerInvariant()}.\n", page);
            foreach (var heading in new[] { "## Cause", "## Example", "## Remedy" }) Assert.Contains($"\n{heading}\n", page);
        }
    }

    [Fact]
    public void The_pages_are_in_the_package_where_help_links_say() => Assert.Contains(
        "<None Include=\"../../docs/diagnostics/*.md\" Pack=\"true\" PackagePath=\"docs/diagnostics\"",
        File.ReadAllText(Repository.Path("generators", "NoraPipelines.Generator", "NoraPipelines.Generator.csproj")));

    [Fact]
    public void Every_page_is_of_a_diagnostic() => Assert.Equal(
        Descriptors.All.Select(descriptor => descriptor.Id),
        Directory.GetFiles(Repository.Path("docs", "diagnostics"), "NORA*.md").Select(Path.GetFileNameWithoutExtension)
            .Order(StringComparer.Ordinal));

    [Fact]
    public void Ids_are_unique() =>
        Assert.Equal(Descriptors.All.Count, Descriptors.All.Select(descriptor => descriptor.Id).Distinct().Count());

    [Fact]
    public void The_release_notes_of_the_analyzer_list_every_diagnostic()
    {
        var notes = File.ReadAllText(Repository.Path("generators", "NoraPipelines.Generator", "AnalyzerReleases.Unshipped.md"));
        Assert.All(Descriptors.All, descriptor => Assert.Contains(
            $"{descriptor.Id} | {descriptor.Category} | {descriptor.DefaultSeverity} | {descriptor.Title}\n", notes));
    }

    [Fact]
    public void Every_key_is_described_and_ends_in_a_full_stop() => Assert
        .All(AllKeys(Keys.Root), key => Assert.EndsWith(".", key.Doc));

    [Theory]
    [InlineData("adapter.outer.rank", true)]
    [InlineData("evaluation.1.task", true)]
    [InlineData("training.seeds.0", true)]
    [InlineData("adapter.outer.rnk", false)]
    [InlineData("evaluation.task", false)]
    public void Keys_are_found_by_path(string path, bool found) => Assert.Equal(found, Keys.Find(path) is not null);

    /// <summary>A row names a task by itself, by its end (`…/piqa` beside `commonsense/boolq`), or as one of a set (`glue/…`).</summary>
    [Fact]
    public void Every_task_has_a_row_in_the_page_on_evaluation()
    {
        var rows = Rows("evaluation.md");
        var missing = TaskProtocols.All.Where(task => !rows.Any(row => row.Contains($"`{task}`") || row.Contains($"`{task.Group}/…`")
            || (row.Contains($"`{task.Group}/") && row.Contains($"`…/{task.Name[(task.Name.IndexOf('/') + 1)..]}`")))).ToList();
        Assert.True(missing.Count == 0, $"docs/evaluation.md has no row for {string.Join(", ", missing)}; add one with the task in `…`, its protocol and its metrics");
    }

    [Fact]
    public void Every_preset_is_in_the_row_of_its_architecture_in_the_page_on_models()
    {
        var rows = Rows("models.md").Select(row => row.Trim('|').Split('|'))
            .ToLookup(cells => cells[0].Trim(), cells => Names().Matches(cells[^1]).Select(word => word.Value));
        var missing = from family in ModelFamilies.All
                      where family.HasPrograms
                      from architecture in family.Architectures
                      let word = Words.Of(architecture)
                      from lacking in rows.Contains(word)
                          ? family.Presets.Where(preset => preset.Shape.Architecture == architecture).Select(preset => preset.Name)
                              .Except(rows[word].SelectMany(names => names))
                              .Select(preset => $"its row does not name the preset {preset}: add it to the last column")
                          : ["it has no row: add | " + word + " | what is specific to it | its presets |"]
                      select $"docs/models.md, architecture {word}: {lacking}";
        Assert.True(!missing.Any(), string.Join("\n", missing));
    }

    /// <summary>Lines of the tables of a page.</summary>
    private static string[] Rows(string page) => [.. File.ReadLines(Repository.Path("docs", page)).Where(line => line.StartsWith('|'))];

    [GeneratedRegex("[a-z0-9][a-z0-9.-]*")]
    private static partial Regex Names();

    private static IEnumerable<SpecKey> AllKeys(SpecKey key) =>
        key.Keys.Concat(key.Item is { } item ? [item] : []).SelectMany(child => AllKeys(child).Prepend(child));
}
