using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>DyLoRA: exported as a plain LoRA, cut to the rank that the spec names.</summary>
public sealed class DyLoraMethod : AdapterMethod
{
    public override string Name => "dylora";

    /// <summary>Cut to the rank that was asked for; a folder that was exported at a lower one than planned stays at that.</summary>
    internal override AdapterSet Loaded(IAdaptableModel model, AdapterSet loaded, AdapterPlan plan, Func<SpecKey, bool> isGiven)
    {
        var rank = ((DyLoraPlan)plan).RankAt;
        var exported = loaded.Items.Select(item => (item.Adapter as LoraAdapter)?.Rank).Min();
        return isGiven(DyLoraKeys.RankAt) || rank < exported ? DyLoraRank.Cut(model, loaded, rank) : loaded;
    }

    internal override void Place(AdapterSet adapters, IReadOnlyList<LinearProjection> targets, AdapterPlan plan)
    {
        var own = (DyLoraPlan)plan;
        foreach (var target in targets) adapters.AddDyLora(target, own.Rank, own.Alpha, own.Dropout);
    }

    internal override MethodStep StepOf(AdapterSet adapters, AdapterPlan plan) => new() { Before = () => DyLoraRank.Draw(adapters, seed: 0, step: 0) };
}
