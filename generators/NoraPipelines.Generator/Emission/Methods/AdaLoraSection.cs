using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>Ranks that a budget takes from where they matter least: a penalty and an update in every step.</summary>
internal sealed class AdaLoraSection(AdaLoraPlan plan) : AdapterMethodSection(plan)
{
    protected override string Call(string projection) => Ranked("AddAdaLora", projection, plan.Rank, plan.Alpha);

    protected override string StartTitle => "Initialise: P and Q random, E zero";

    protected override string Start => "AdaLoraStart.Initialise(adapters, run.Seed)";

    protected override (IReadOnlyList<string> Lines, string Name)? State => (
    [
        $"var budget = new RankBudget(InitialRank: {plan.Rank}, TargetRank: {plan.TargetRank}, InitialSteps: {plan.InitialSteps}, "
            + $"FinalSteps: {plan.FinalSteps}, EverySteps: {plan.EverySteps}, steps);",
        $"using var ranks = new RankAllocator(adapters, budget, importanceDecay: {CSharp.Number(plan.ImportanceDecay)}, "
            + $"uncertaintyDecay: {CSharp.Number(plan.UncertaintyDecay)}, orthogonalWeight: {CSharp.Number(plan.OrthogonalWeight)});",
    ], "ranks");

    public override string AfterBackward => "ranks.Penalty().backward(); // once a step; the reported loss is without it";

    public override string AfterStep => "ranks.Update(training.Step + 1); // with the gradients of the step, before Finish drops them";
}
