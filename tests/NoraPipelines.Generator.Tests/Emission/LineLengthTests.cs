namespace NoraPipelines.Generator.Tests.Emission;

/// <summary>A reviewer reads programs without scrolling sideways.</summary>
public class LineLengthTests
{
    private const int Longest = 159;

    [Fact]
    public void Lines_of_programs_are_under_160_characters()
    {
        string[] files =
        [
            .. Directory.GetFiles(Repository.Path("pipelines", "Generated"), "*.g.cs", SearchOption.AllDirectories),
            .. Directory.GetFiles(Repository.Path("tests", "NoraPipelines.Generator.Tests"), "*.verified.cs", SearchOption.AllDirectories),
            .. Directory.GetFiles(Repository.Path("tests", "NoraPipelines.Generator.Tests"), "MethodProgramTests.*.verified.txt"),
        ];
        Assert.True(files.Length > 50, $"{files.Length} programs were found");
        var tooLong = files.SelectMany(file => File.ReadLines(file).Select((line, i) => (Line: $"{Path.GetFileName(file)}:{i + 1}", CodeOf(line).Length)))
            .Where(line => line.Length > Longest).ToList();
        Assert.Empty(tooLong);
    }

    /// <summary>A line without the mark of a difference.</summary>
    private static string CodeOf(string line) => line.StartsWith("+ ", StringComparison.Ordinal) ? line[2..] : line;
}
