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
        var tooLong = from file in files
                      from line in File.ReadLines(file).Select((text, i) => (Number: i + 1, CodeOf(text).Length))
                      where line.Length > Longest
                      select $"{Path.GetRelativePath(Repository.Root, file)}:{line.Number} has {line.Length} characters, expected at most {Longest}";
        Assert.True(!tooLong.Any(), string.Join("\n", tooLong.Append(
            "Break the line in the section that emits it (generators/NoraPipelines.Generator/Emission) and build again. Delete a file whose spec is gone.")));
    }

    /// <summary>A line without the mark of a difference.</summary>
    private static string CodeOf(string line) => line.StartsWith("+ ", StringComparison.Ordinal) ? line[2..] : line;
}
