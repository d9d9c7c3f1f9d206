using NoraPipelines.Generator.Diagnostics;
using NoraPipelines.Generator.Emission;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning.Sweeps;

/// <summary>
/// A spec with a sweep → the plans of its variants. Each variant is read, checked and planned as the whole spec that it stands for.
/// </summary>
internal static class SweepPlanner
{
    public static PlannedSpec Plan(
        SpecFile file, EquatableArray<SpecFile> configs, PipelineStub stub, MappingNode whole, SpecEntry entry, List<SpecProblem> problems)
    {
        var root = SpecTree.Remove(whole, "sweep");
        var sweep = SweepReader.Read(root, entry, problems);
        var count = SweepExpansion.Count(sweep);
        if (count > SweepExpansion.MostVariants)
            problems.Add(new("NORA141", $"the sweep has {count} variants, and {SweepExpansion.MostVariants} is the most that a spec may have; "
                + "give its axes fewer values, or write several specs", sweep.KeyPlace));
        var sound = !problems.Any(Descriptors.IsError);

        // Values that every variant has otherwise are read too: nothing in a spec goes unchecked. Keys may come from the sweep alone.
        var own = new List<SpecProblem>();
        var spec = SpecValidator.Read(root, own);
        own.RemoveAll(problem => problem.Id == "NORA007");
        problems.AddRange(own);
        if (spec.TryGet(Keys.Pipeline, out var given)) stub = stub with { ClassName = ClassNames.Of(given) };

        var expansion = new SweepExpansion(root, sweep);
        var matching = new BudgetMatching(expansion, sweep, file, configs, problems);
        var variants = count > SweepExpansion.MostVariants ? [] : matching.Apply(expansion.Combinations(sweep, sweep.BudgetPlace is not null), sound);
        var names = VariantNames.Of([.. variants.Select(variant => variant.Combination)], sweep);
        var suffixes = VariantClasses.Suffixes(names);

        var planned = new List<PlannedTree>();
        var found = new SweepProblems(sweep, entry.KeyPlace.Offset, SpecTree.LastOffset(entry.Value));
        for (var i = 0; i < variants.Count; i++)
        {
            var ofVariant = new List<SpecProblem>();
            planned.Add(Planner.PlanTree(variants[i].Tree, ofVariant, file, configs, "." + names[i]));
            found.Add(i, ofVariant.Except(own).Concat(variants[i].Problems));
        }
        if (sound) problems.AddRange(found.Merged([.. variants.Select(variant => variant.Combination)], names));
        if (!problems.Any(Descriptors.IsError)) problems.AddRange(matching.OfReferences);

        var failed = problems.Any(Descriptors.IsError);
        var name = spec.Get(Keys.Pipeline, file.Stem);
        if (!failed) problems.Insert(0, new SpecProblem("NORA100", SweepSummary.Of([.. planned.Select(variant => variant.Plan!)]), Place.Start));
        return new PlannedSpec(file.Path, stub, spec.PlaceOf(Keys.Pipeline.Path), null, Planner.InOrder(problems))
        {
            Comparison = new ComparisonUnit(name, spec.Get(Keys.Description, ""), stub.ClassName, stub.Namespace, stub.SpecPath,
                variants.Select((variant, i) => new ComparedVariant(names[i], stub.ClassName + suffixes[i], variant.Values)).ToEquatableArray(), failed),
            Variants = variants.Select((variant, i) =>
            {
                var own = new PipelineStub(stub.ClassName + suffixes[i], stub.Namespace, stub.SpecPath) { Sweep = stub.ClassName };
                return new PlannedVariant(own, failed ? null : Unit(own, planned[i], Sentence(names[i], name, variant)));
            }).ToEquatableArray(),
        };
    }

    private static PipelineUnit Unit(PipelineStub stub, PlannedTree planned, string variant) =>
        new(planned.Plan!, stub.ClassName, stub.Namespace, stub.SpecPath, Planner.Lines(planned.Spec)) { Variant = variant };

    private static string Sentence(string variant, string sweep, SweptVariant swept)
    {
        var values = string.Join(", ", swept.Values.Select(value => $"{value.Key}: {value.Value}"));
        return $"Variant {variant} of {sweep}{(values.Length > 0 ? ": " + values : "")}." + (swept.Budget is { } budget
            ? $" Its rank is the largest that trains no more than NoRA's {CSharp.Grouped(budget)} parameters." : "");
    }
}
