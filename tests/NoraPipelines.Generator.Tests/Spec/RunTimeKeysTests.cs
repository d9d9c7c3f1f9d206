using NoraPipelines.Generator.Planning;
using NoraPipelines.Generator.Spec;
using NoraPipelines.Runs.Settings;

namespace NoraPipelines.Generator.Tests.Spec;

/// <summary>What the key table calls a run-time key is what a run lets one set.</summary>
public class RunTimeKeysTests
{
    [Fact]
    public void The_key_table_and_the_running_program_agree()
    {
        var plan = Planner.Plan(new SpecFile("/project/sample.nora.yaml", Specs.Valid), new ProjectFacts("/project/", "Sample"),
            default).Unit!.Plan;
        var settable = PlanOverrides.Of(plan).Select(entry => entry.Key.Replace("evaluation.1", "evaluation.0")).Distinct()
            .Order(StringComparer.Ordinal);
        Assert.Equal(RunTime(SpecKeys.Root, "").Order(StringComparer.Ordinal), settable);
    }

    private static IEnumerable<string> RunTime(SpecKey key, string path)
    {
        if (key.RunTime) yield return path;
        foreach (var child in key.Keys.Concat(key.Item is { } item ? item.Keys : []))
        {
            var name = key.Item is null ? child.Name : "0." + child.Name;
            foreach (var found in RunTime(child, path.Length == 0 ? name : path + "." + name)) yield return found;
        }
    }
}
