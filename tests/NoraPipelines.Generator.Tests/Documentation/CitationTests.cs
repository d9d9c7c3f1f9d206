using System.Text.RegularExpressions;

namespace NoraPipelines.Generator.Tests.Documentation;

/// <summary>A comment sends its reader to files that are there.</summary>
public partial class CitationTests
{
    [Fact]
    public void Comments_cite_only_files_of_the_repository()
    {
        var cited = (from folder in new[] { "src", "generators", "tests", "pipelines" }
                     from file in Directory.GetFiles(Repository.Path(folder), "*.cs", SearchOption.AllDirectories)
                     where !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "Generated")
                     from line in File.ReadLines(file)
                     from Match page in Page().Matches(Comment().Match(line).Value)
                     select (Page: page.Value, File: file)).ToList();
        Assert.True(cited.Count > 10, $"{cited.Count} citations were found");
        Assert.All(cited, citation => Assert.True(File.Exists(Repository.Path(citation.Page)), $"{citation.File} cites {citation.Page}, which is not there"));
    }

    [GeneratedRegex("(^|\\s)//.*")]
    private static partial Regex Comment();

    /// <summary>A page by its path. What a program writes (results.md of a comparison) and a model's own README are no citations.</summary>
    [GeneratedRegex("(?<![\\w/.-])(?!results\\.md|README\\.md)[\\w-]+(/[\\w.-]+)*\\.md\\b")]
    private static partial Regex Page();
}
