namespace NoraPipelines.Plans;

public static partial class Keys
{
    /// <summary>Variants of a spec.</summary>
    internal static class Sweep
    {
        public static readonly SpecKey<bool> MatchedBudget = new("sweep.matched_budget", Kind.Switch,
            "Whether each variant of another method gets the largest rank that trains no more than NoRA does.")
        { Default = "false" };

        public static readonly SpecKey<string> VariantName = new("sweep.variants.0.name", Kind.Text, "What follows the pipeline's name: awsvd in table-4.awsvd.")
        {
            Required = true,
            Pattern = Patterns.VariantName,
        };

        public static readonly SectionKey Variants = new("sweep.variants", ValueKinds.List,
            "Variants by name, each with the keys that it changes; null takes a key of the spec away.")
        {
            Minimum = 1,
            ItemAt = index => SectionKey.Of($"sweep.variants.{index}", "One variant.", VariantName) with
            { PathKeys = "any key of the spec, with its sections, such as `adapter.outer.init`: this variant's value" },
        };

        public static SectionKey Section { get; } = SectionKey.Of("sweep",
            "Variants of this spec, to be compared: one pipeline for each combination of its axes, then one for each of `variants`.",
            Variants, MatchedBudget) with
        { PathKeys = "any key of the spec, with its sections, such as `adapter.outer.init`: an axis, the list of its values" };
    }
}
