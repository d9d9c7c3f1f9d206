namespace NoraPipelines.Generator.Spec;

internal static partial class SpecKeys
{
    private static SpecKey Sweep => Section("sweep", "Variants of this spec, to be compared: one pipeline for each combination of its axes, then one for each of `variants`.",
        new SpecKey("variants", ValueKinds.List, "Variants by name, each with the keys that it changes; null takes a key of the spec away.")
        {
            Minimum = 1,
            Item = Section("", "One variant.",
                Text("name", "Its name behind the pipeline's: table-5.awsvd.") with
                {
                    Required = true,
                    Pattern = ("^[A-Za-z0-9][A-Za-z0-9_.+=-]{0,63}$", "letters, digits and - _ . + =, beginning with a letter or digit, 64 at most; it becomes a folder's name"),
                }) with
            { PathKeys = "any key of the spec, with its sections, such as `adapter.outer.init`: this variant's value" },
        },
        Switch("matched_budget", "Whether each variant of another method gets the largest rank that trains no more than NoRA does.", false)) with
    { PathKeys = "any key of the spec, with its sections, such as `adapter.outer.init`: an axis, the list of its values" };

    /// <summary>Every key by its path, items of lists left out: adapter.outer.rank.</summary>
    public static IEnumerable<string> Paths(SpecKey section, string path = "")
    {
        foreach (var key in section.Keys)
        {
            var name = path.Length == 0 ? key.Name : path + "." + key.Name;
            yield return name;
            foreach (var child in Paths(key, name)) yield return child;
        }
    }
}
