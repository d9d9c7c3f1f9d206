using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Tests.Documentation;

/// <summary>The spec that the README shows builds when it is pasted, and is the quickstart's.</summary>
public class ReadmeTests
{
    private const string Heading = "\n## A spec is a program\n\n";

    [Fact]
    public void The_spec_of_the_readme_is_planned_as_the_quickstart()
    {
        var readme = File.ReadAllText(Repository.Path("README.md"));
        var lines = readme[(readme.IndexOf(Heading, StringComparison.Ordinal) + Heading.Length)..].Split('\n').TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal));
        var shipped = Planned(File.ReadAllText(Repository.Path("pipelines", "quickstart", "quickstart.nora.yaml")));
        Assert.Equal(shipped with { Description = "" }, Planned(string.Join('\n', lines.Select(line => line[4..])) + "\n"));
    }

    private static PipelinePlan Planned(string spec)
    {
        var run = GeneratorRun.On(
            ("quickstart/quickstart.nora.yaml", spec),
            ("base-model/weights/config.json", File.ReadAllText(Repository.Path("pipelines", "base-model", "weights", "config.json"))));
        Assert.Empty(run.Problems);
        return run.Units.Single().Plan;
    }
}
