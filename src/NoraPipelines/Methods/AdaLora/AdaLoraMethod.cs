using NoraPipelines.Export;
using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>AdaLoRA: exported as a plain LoRA of the triples that were kept, and beside it in PEFT's form.</summary>
public sealed class AdaLoraMethod : AdapterMethod
{
    public override string Name => "adalora";

    internal override PeftForm PeftForm { get; } = new AdaLoraPeftForm();

    internal override IReadOnlyDictionary<string, int> KeptRanks(AdapterSet adapters) =>
        adapters.Items.ToDictionary(item => item.Projection.Path, item => ((AdaLoraAdapter)item.Adapter).Kept().Count(kept => kept));

    internal override void Place(AdapterSet adapters, IReadOnlyList<LinearProjection> targets, AdapterPlan plan)
    {
        var own = (AdaLoraPlan)plan;
        foreach (var target in targets) adapters.AddAdaLora(target, own.Rank, own.Alpha, own.Dropout);
    }

    /// <summary>The step is one of those that choose ranks, which do the most.</summary>
    internal override MethodStep StepOf(AdapterSet adapters, AdapterPlan plan)
    {
        var own = (AdaLoraPlan)plan;
        var steps = own.InitialSteps + own.FinalSteps + (2 * own.EverySteps);
        var budget = new RankBudget(own.Rank, own.TargetRank, own.InitialSteps, own.FinalSteps, own.EverySteps, steps);
        var ranks = new RankAllocator(adapters, budget, own.ImportanceDecay, own.UncertaintyDecay, own.OrthogonalWeight);
        return new MethodStep
        {
            AfterBackward = () =>
            {
                using var penalty = ranks.Penalty();
                penalty.backward();
            },
            AfterOptimizer = () => ranks.Update(((own.InitialSteps / own.EverySteps) + 1) * own.EverySteps),
            State = ranks,
        };
    }
}
