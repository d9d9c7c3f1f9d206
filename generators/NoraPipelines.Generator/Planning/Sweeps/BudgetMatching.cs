using NoraPipelines.Generator.Diagnostics;
using NoraPipelines.Generator.Emission;
using NoraPipelines.Generator.Emission.Methods;
using NoraPipelines.Generator.Spec;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning.Sweeps;

/// <summary>
/// `matched_budget`: gives each variant that trains other matrices than NoRA does the rank with which it trains no more than NoRA with
/// the same values otherwise. A rank that the sweep itself gives stays.
/// </summary>
internal sealed class BudgetMatching(
    SweepExpansion expansion, SweepSpec sweep, SpecFile file, EquatableArray<SpecFile> configs, List<SpecProblem> problems)
{
    private const string MethodPath = "adapter.method";

    /// <summary>Keys that go with a rank: beside one that was chosen they would mean something else.</summary>
    private static readonly string[] BesideRank = ["adapter.alpha", "adapter.rank_at"];

    private readonly Dictionary<string, PipelinePlan?> _references = [];

    /// <summary>Problems of NoRA specs that ranks were to be matched with and that are no variants themselves.</summary>
    public List<SpecProblem> OfReferences { get; } = [];

    /// <param name="sound">Whether the sweep itself was right; otherwise no rank is chosen.</param>
    public IReadOnlyList<SweptVariant> Apply(IReadOnlyList<Combination> combinations, bool sound)
    {
        var variants = new List<SweptVariant>();
        foreach (var combination in combinations)
        {
            var variant = sound && sweep.BudgetPlace is not null ? Matched(combination) : Plain(combination);
            // Two NoRAs may give a method the same rank: that is one variant.
            if (combination.Name is not null || !variants.Any(other => other.Combination.Name is null && other.Values == variant.Values)) variants.Add(variant);
        }
        return variants;
    }

    private SweptVariant Plain(Combination combination) => new(combination, expansion.Apply(combination.Changes), Values(combination.Changes), null, []);

    private SweptVariant Matched(Combination combination)
    {
        var plain = Plain(combination);
        if (expansion.Method(combination.Changes) is not { } method || !(MethodKeys.IsNora(method) || MethodKeys.HasOneRank(method))) return plain;
        var probe = MethodKeys.HasOneRank(method) ? Probe(combination, method) : plain.Tree;
        // What is wrong apart from the rank is reported where the variant is planned, which needs a rank to be there.
        if (Reference(combination) is not { } reference) return plain with { Tree = probe };
        var found = new List<SpecProblem>();
        var planned = Planner.PlanTree(probe, found, file, configs);
        if (found.Any(Descriptors.IsError) || planned.Plan is not { } plan) return plain with { Tree = probe };
        if (BudgetMatch.SameShape(plan.Adapter, reference.Adapter) || BudgetMatch.RankKey(plan.Adapter) is not { } key || combination.Change(key) is not null) return plain;

        var rank = BudgetMatch.LargestWithin(plan, reference.Trainable);
        var chosen = BudgetMatch.Changes(plan.Adapter, rank, combination).ToList();
        var trains = ParameterCount.Trainable(plan.Model.Shape, plan.Adapter.WithRank(rank)!);
        return new SweptVariant(combination, SweepExpansion.Overlay(WithoutBesideRank(plain.Tree, combination), chosen), Values(combination.Changes.Concat(chosen)), reference.Trainable,
            trains <= reference.Trainable ? [] : [Above(combination, plan, rank, trains, reference.Trainable)]);
    }

    /// <summary>The variant with the smallest rank, to be planned once before the search.</summary>
    private MappingNode Probe(Combination combination, string method)
    {
        var tree = expansion.Apply(combination.Changes);
        if (combination.Change("adapter.rank") is not null) return tree;
        var smallest = BudgetMatch.Smallest(method);
        AdapterPlan shape = method == "adalora" ? new AdaLoraPlan { Rank = smallest, Alpha = 1, TargetRank = 1 } : new LoraPlan { Rank = smallest, Alpha = 1 };
        return SweepExpansion.Overlay(WithoutBesideRank(tree, combination), BudgetMatch.Changes(shape, smallest, combination));
    }

    private static MappingNode WithoutBesideRank(MappingNode tree, Combination combination)
    {
        foreach (var key in BesideRank.Where(key => combination.Change(key) is null)) tree = SpecTree.Remove(tree, key);
        return tree;
    }

    /// <summary>NoRA with the variant's other values; null where there is none, or where it has errors.</summary>
    private PipelinePlan? Reference(Combination combination)
    {
        if (Nora(combination) is not { } changes)
        {
            if (!_references.ContainsKey("")) problems.Add(new("NORA142",
                "matched_budget has no NoRA whose count the others could be given: neither the spec nor a variant has adapter.method nora; add one, or leave matched_budget out",
                sweep.BudgetPlace!.Value));
            _references[""] = null;
            return null;
        }
        var key = "=" + Values(changes);
        if (_references.TryGetValue(key, out var known)) return known;
        var found = new List<SpecProblem>();
        var planned = Planner.PlanTree(expansion.Apply(changes), found, file, configs);
        OfReferences.AddRange(found.Where(Descriptors.IsError).Except(OfReferences));
        return _references[key] = found.Any(Descriptors.IsError) ? null : planned.Plan;
    }

    /// <summary>What the NoRA to match with changes of the spec.</summary>
    private IReadOnlyList<SweepChange>? Nora(Combination combination)
    {
        var axis = combination.Name is null ? sweep.Axes.FirstOrDefault(axis => axis.Path == MethodPath) : null;
        var nora = axis?.Values.OfType<ScalarNode>().FirstOrDefault(value => MethodKeys.IsNora(value.Text));
        if (expansion.BaseMethod != "nora" && nora is null)
            return sweep.Listed.FirstOrDefault(variant => expansion.Method(variant.Changes) == "nora")?.Changes;
        var same = combination.Asked.Where(change => !(change.Removes && (change.IsUnder("adapter.outer") || change.IsUnder("adapter.inner"))) && change.Path != MethodPath && !BudgetMatch.ShapeKeys.Contains(change.Path)
            && !MethodKeys.BelongsToOthers(change, "nora"));
        return nora is null ? [.. same] : [.. same, new SweepChange(MethodPath, nora, axis!.KeyPlace)];
    }

    private static SpecProblem Above(Combination combination, PipelinePlan plan, int rank, long trains, long budget) => new("NORA143",
        $"{MethodSections.Of(plan.Adapter.WithRank(rank)!).Title} trains {CSharp.Grouped(trains)} parameters, {CSharp.Grouped(trains - budget)} more than the {CSharp.Grouped(budget)} of NoRA, "
            + $"and {rank} is its smallest rank: matched_budget cannot give it fewer, and it is compared so; use a larger NoRA, or give the variant fewer targets or layers",
        combination.Place);

    private static EquatableArray<SweptValue> Values(IEnumerable<SweepChange> changes) =>
        changes.Select(change => new SweptValue(change.Path, SpecTree.Text(change.Value))).ToEquatableArray();
}
