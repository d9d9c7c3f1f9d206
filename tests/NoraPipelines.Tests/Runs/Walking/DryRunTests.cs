using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Runs;
using NoraPipelines.Runs.Walking;
using NoraPipelines.Tests.Build;
using NoraPipelines.Tests.EndToEnd;

namespace NoraPipelines.Tests.Runs.Walking;

[Collection(OnMeta.Name)]
public sealed class DryRunTests
{
    /// <summary>The programs that were built of the shipped specs.</summary>
    public static TheoryData<string> Shipped => [.. ShippedPlans.All.Keys];

    [Fact]
    public void Every_shipped_spec_is_walked() => Assert.Equal(13, ShippedPlans.All.Count);

    [LinuxTheory]
    [MemberData(nameof(Shipped))]
    public void The_memory_of_a_shipped_spec_is_within_15_percent_of_its_plan_and_what_trains_is_what_was_planned(string name)
    {
        var plan = ShippedPlans.All[name];
        var walked = DryRun.Of(plan, Card.All[0]);
        Assert.InRange(walked.PlannedMemory / (double)walked.WalkedMemory, 1 / 1.15, 1.15);
        Assert.Equal(Parts.All, walked.Parts.Select(part => part.Part));
        Assert.Equal(walked.Total.Operators, walked.Parts.Sum(part => part.Operators));
        using var model = new WalkedModel(plan);
        var heads = model.Model.TrainedModules.SelectMany(module => module.Parameters).Sum(parameter => parameter.Value.numel());
        Assert.Equal(plan.Trainable + heads, model.Trainable.Sum(parameter => parameter.Value.numel()));
    }

    [LinuxFact]
    public void A_step_takes_longer_on_a_slower_card_and_the_answer_says_what_it_is_of()
    {
        using var command = new CommandRun(new FakePipeline());
        var seconds = new List<double>();
        foreach (var card in Card.All)
        {
            Assert.Equal(0, command.Run("plan", "tiny", "--dry-run", "--card", card.Name, "--json"));
            Assert.Equal(card.Title, command.Json.GetProperty("card").GetString());
            seconds.Add(command.Json.GetProperty("total").GetProperty("seconds").GetDouble());
        }
        Assert.Equal(seconds[0], seconds.Min());
        Assert.Equal(0, command.Run("plan", "tiny", "--dry-run"));
        Assert.Contains("tokens/s", command.Output);
        Assert.Contains("by the plan's formula", command.Output);
    }

    [Fact]
    public void An_unknown_card_and_a_card_without_a_walk_are_refused()
    {
        using var command = new CommandRun(new FakePipeline());
        Assert.Equal(2, command.Run("plan", "tiny", "--dry-run", "--card", "h10"));
        Assert.Contains("--card h10: expected h100, a100, l40s or rtx4090 (did you mean 'h100'?).", command.Error);
        Assert.Equal(2, command.Run("plan", "tiny", "--card", "h100"));
        Assert.Contains("Give --dry-run as well, or leave it out.", command.Error);
    }

    /// <summary>The plans of the shipped program, by name.</summary>
    private sealed class ShippedPlans : NoraProgram
    {
        public static IReadOnlyDictionary<string, PipelinePlan> All { get; } = System.Reflection.Assembly.LoadFrom(Path.Combine(Built, "nora.dll")).GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Pipeline)) && !type.IsAbstract)
            .Select(type => ((Pipeline)Activator.CreateInstance(type)!).Plan)
            .ToDictionary(plan => plan.Name);
    }
}
