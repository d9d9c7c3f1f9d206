using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>What AdaLoRA and DyLoRA add to a program: their budget, their draw, and the lines of the loop that belong to them.</summary>
internal static class ChangingRankSection
{
    public static string Title(AdapterPlan adapter) => adapter switch
    {
        AdaLoraPlan adalora => $"AdaLoRA {adalora.Rank} to {adalora.TargetRank}",
        DyLoraPlan dylora => $"DyLoRA {dylora.Rank}",
        _ => throw new ArgumentOutOfRangeException(nameof(adapter), adapter.Method, "keeps its rank"),
    };

    /// <summary>The call that places one, open at its end for more arguments.</summary>
    public static string Call(AdapterPlan adapter, string projection) => adapter switch
    {
        AdaLoraPlan adalora => $"AddAdaptiveRank({projection}, rank: {adalora.Rank}, alpha: {CSharp.Number(adalora.Alpha)}",
        DyLoraPlan dylora => $"AddDynamicRank({projection}, rank: {dylora.Rank}, alpha: {CSharp.Number(dylora.Alpha)}",
        _ => throw new ArgumentOutOfRangeException(nameof(adapter), adapter.Method, "keeps its rank"),
    };

    public static void WriteCut(CodeWriter code, AdapterPlan adapter)
    {
        if (adapter is DyLoraPlan dylora)
            code.Line($"DynamicRank.Cut(adapters, run.Setting(\"adapter.rank_at\", {dylora.RankAt})); // but in training");
    }

    public static void WriteState(CodeWriter code, AdapterPlan adapter)
    {
        if (adapter is not AdaLoraPlan plan) return;
        code.Line($"var budget = new RankBudget(InitialRank: {plan.Rank}, TargetRank: {plan.TargetRank}, InitialSteps: {plan.InitialSteps}, "
            + $"FinalSteps: {plan.FinalSteps}, EverySteps: {plan.EverySteps}, steps);");
        code.Line($"using var ranks = new RankAllocator(adapters, budget, importanceDecay: {CSharp.Number(plan.ImportanceDecay)}, "
            + $"uncertaintyDecay: {CSharp.Number(plan.UncertaintyDecay)}, orthogonalWeight: {CSharp.Number(plan.OrthogonalWeight)});");
    }

    /// <summary>The argument for what is saved with each checkpoint.</summary>
    public static string State(AdapterPlan adapter) => adapter is AdaLoraPlan ? ", ranks" : "";

    public static void WriteBeforeStep(CodeWriter code, AdapterPlan adapter)
    {
        if (adapter is DyLoraPlan) code.Line("DynamicRank.Draw(adapters, run.Seed, training.Step); // the one rank that this step trains");
    }

    public static void WritePenalty(CodeWriter code, AdapterPlan adapter)
    {
        if (adapter is AdaLoraPlan) code.Line("ranks.Penalty().backward(); // once a step; the reported loss is without it");
    }

    public static void WriteAfterStep(CodeWriter code, AdapterPlan adapter)
    {
        if (adapter is AdaLoraPlan) code.Line("ranks.Update(training.Step + 1); // with the gradients of the step, before Finish drops them");
    }
}
