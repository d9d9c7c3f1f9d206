namespace NoraPipelines.Cli.Comparing;

/// <summary>The words that terminal, results.md and report share.</summary>
internal static class ComparisonText
{
    /// <summary>"3.201 ± 0.012", without a deviation for one seed; "failed" or "–" where there is nothing.</summary>
    public static string Value(VariantResult variant, string metric)
    {
        if (!variant.Metrics.TryGetValue(metric, out var value))
            return variant.Seeds.Count == 0 && variant.Error is not null ? "failed" : "–";
        return value.Deviation is { } deviation ? $"{Sizes.Number(value.Mean)} ± {Sizes.Number(deviation)}" : Sizes.Number(value.Mean);
    }

    /// <summary>"3", "2 of 3", "2 of 3, 1 failed".</summary>
    public static string Seeds(ComparisonResults results, VariantResult variant)
    {
        var (all, done) = (results.Record.Seeds.Count, variant.Seeds.Count);
        var failed = results.Failed.Count(run => run.Variant == variant.Variant);
        return done == all ? $"{all}" : $"{done} of {all}{(failed > 0 ? $", {failed} failed" : "")}";
    }

    public static string State(ComparisonResults results)
    {
        var finished = results.Runs.Count(run => run.State == RunState.Finished);
        var seeds = results.Record.Seeds.Count;
        var failed = results.Failed.Count;
        return $"{results.Variants.Count} variants, {(seeds == 1 ? "seed" : "seeds")} {string.Join(", ", results.Record.Seeds)}: "
            + (results.IsFinished ? "finished." : $"{finished} of {results.Runs.Count} runs finished")
            + (results.IsFinished ? "" : failed > 0 ? $", {failed} failed." : ".");
    }

    public static string Reading(ComparisonResults results) => results.Record.Seeds.Count > 1
        ? "Mean ± sample deviation (n − 1) over the seeds. Every seed has one order of the data for all variants."
        : "One seed: differences may be chance. All variants saw the data in one order.";
}
