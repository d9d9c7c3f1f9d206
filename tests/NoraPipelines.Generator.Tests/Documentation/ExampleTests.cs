using System.Text.RegularExpressions;
using NoraPipelines.Generator.Diagnostics;
using NoraPipelines.Plans;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NoraPipelines.Generator.Tests.Documentation;

/// <summary>The example on a diagnostic's page, in a spec that is valid without it, is reported under the page's id.</summary>
public partial class ExampleTests
{
    /// <summary>Of a failure of the generator there is no example, and two specs of one name are two files.</summary>
    public static TheoryData<string> Pages { get; } = [.. Descriptors.All.Select(descriptor => descriptor.Id).Except(["NORA010", "NORA109"])];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Is_reported_as_the_page_says(string id)
    {
        var example = Example().Match(File.ReadAllText(Repository.Path("docs", "diagnostics", id + ".md"))).Groups[1].Value;
        Assert.True(example.Length > 0, $"{id}.md has no example in YAML");
        var found = Ids(WithSections(example));
        if (!found.Contains(id)) found = Ids(Merged(example));
        Assert.Contains(id, found);
    }

    private static List<string> Ids(string spec) => [.. GeneratorRun.OnSpec(spec).Result.Diagnostics.Select(problem => problem.Id)];

    /// <summary>The valid spec with whole sections as the example writes them: it may be no YAML at all.</summary>
    private static string WithSections(string example)
    {
        var names = Section().Matches(example).Select(section => section.Groups[1].Value).ToList();
        var kept = Section().Split(Specs.Valid).Skip(1).Chunk(2).Where(section => !names.Contains(section[0])).Select(section => $"{section[0]}:{section[1]}");
        return string.Concat(kept) + example;
    }

    /// <summary>The valid spec with the example's keys in place of its own.</summary>
    private static string Merged(string example)
    {
        var spec = new YamlStream();
        var changes = new YamlStream();
        spec.Load(new StringReader(Specs.Valid));
        changes.Load(new StringReader(example));
        Merge((YamlMappingNode)spec.Documents[0].RootNode, (YamlMappingNode)changes.Documents[0].RootNode, Keys.Root);
        using var text = new StringWriter { NewLine = "\n" };
        spec.Save(new Emitter(text), false);
        return text.ToString().Replace("\n...\n", "\n");
    }

    private static void Merge(YamlMappingNode spec, YamlMappingNode changes, SpecKey? key)
    {
        var rivals = key?.ExactlyOne.Select(rival => new YamlScalarNode(rival.Name)).ToList() ?? [];
        if (rivals.Any(changes.Children.ContainsKey)) rivals.ForEach(rival => spec.Children.Remove(rival));
        foreach (var (name, value) in changes.Children)
        {
            if (value is YamlMappingNode inner && spec.Children.TryGetValue(name, out var old) && old is YamlMappingNode outer)
                Merge(outer, inner, key?.Find(((YamlScalarNode)name).Value!));
            else
                spec.Children[name] = value;
        }
    }

    [GeneratedRegex("\n## Example\n\n```yaml\n(.*?)```\n", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex("^([a-z]+):", RegexOptions.Multiline)]
    private static partial Regex Section();
}
