using System.Text.RegularExpressions;

namespace NoraPipelines.Tests;

/// <summary>Which parts of the library may use which: those below them, so that there is no cycle.</summary>
public sealed partial class NamespaceTests
{
    /// <summary>From the bottom up.</summary>
    private static readonly string[] Parts =
    [
        "Disk", "Interop", "Kernels", "Checkpoints", "Tokenization", "Chat", "Data", "Images", "Models", "Distributed", "Training", "Initialization", "Export", "Methods",
        "Generation", "Evaluation", "Runs", "Cli",
    ];

    /// <summary>Uses of a part above: the files of PEFT hold every method's adapter, while methods bring their own form of those files.</summary>
    private static readonly string[] Exceptions = ["Export uses Methods"];

    [Fact]
    public void A_part_uses_only_those_below_it()
    {
        var upward = from file in Files
                     from used in Used().Matches(file.Text)
                     let other = used.Groups[1].Value
                     where Array.IndexOf(Parts, other) > Array.IndexOf(Parts, file.Part)
                     select $"{file.Part} uses {other}";
        Assert.Equal(Exceptions, upward.Distinct().Order());
    }

    [Fact]
    public void Every_part_has_its_place()
    {
        Assert.True(Files.Count > 300, $"{Files.Count} files were found");
        Assert.Equal(Parts.Order(), Files.Select(file => file.Part).Distinct().Order());
    }

    /// <summary>The library's files but those of the namespace above all parts, by what they declare: parts may be projects of their own.</summary>
    private static IReadOnlyList<(string Part, string Text)> Files { get; } =
    [
        .. from file in Directory.GetFiles(Repository.Path("src"), "*.cs", SearchOption.AllDirectories)
           where !file.Split(Path.DirectorySeparatorChar).Contains("obj")
           let text = File.ReadAllText(file)
           let part = Declared().Match(text).Groups[1].Value
           where part is not ("" or "Build" or "Plans")
           select (part, text),
    ];

    [GeneratedRegex("^namespace NoraPipelines\\.(\\w+)", RegexOptions.Multiline)]
    private static partial Regex Declared();

    [GeneratedRegex("^(?:(?!\\s*//).)*?\\bNoraPipelines\\.(\\w+)", RegexOptions.Multiline)]
    private static partial Regex Used();
}
