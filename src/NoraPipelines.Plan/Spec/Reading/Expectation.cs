using System.Globalization;

namespace NoraPipelines.Plans;

/// <summary>What a key takes, in words: for messages and for docs/spec.md.</summary>
internal static class Expectation
{
    /// <param name="nothing">The word for a value that is absent.</param>
    public static string Of(SpecKey key, string nothing = "null")
    {
        var forms = new List<string>();
        if (key.Kinds.HasFlag(ValueKinds.Switch)) forms.Add(key.Words.Count > 0 ? string.Join(" or ", key.Words) : "true or false");
        if (key.Kinds.HasFlag(ValueKinds.Whole)) forms.Add("a whole number" + Range(key, int.MaxValue));
        if (key.Kinds.HasFlag(ValueKinds.Number)) forms.Add("a number" + Range(key, double.MaxValue));
        if (key.Kinds.HasFlag(ValueKinds.List)) forms.Add(key.Item!.Kinds.HasFlag(ValueKinds.Mapping) ? "a list of mappings"
            : $"a list of {Plural(key.Item)}");
        if (key.Kinds.HasFlag(ValueKinds.Text))
        {
            if (key.Words.Count > 0) forms.AddRange(key.Words);
            else forms.Add(key.Pattern?.Description ?? "a text");
        }
        if (key.Kinds.HasFlag(ValueKinds.Nothing)) forms.Add(nothing);
        if (!key.Kinds.HasFlag(ValueKinds.Mapping)) return Listed(forms, "or");
        return (forms.Count > 0 ? Listed(forms, "or") + ", or " : "") + Mapping(key); // apart, so that no word reads as one of its keys
    }

    private static string Mapping(SpecKey key)
    {
        var names = key.Keys.Select(child => child.Name).ToList();
        return key.ExactlyOne.Count == names.Count ? "a mapping with the key " + Listed(names, "or")
            : $"a mapping with the {(names.Count == 1 ? "key" : "keys")} {Listed(names, "and")}";
    }

    private static string Listed(IReadOnlyList<string> items, string last) => items.Count == 1 ? items[0]
        : $"{string.Join(", ", items.Take(items.Count - 1))} {last} {items[items.Count - 1]}";

    private static string Range(SpecKey key, double none)
    {
        var low = key.Minimum is { } minimum ? (key.AboveMinimum ? " above " : " of at least ") + Show(minimum) : "";
        var high = key.Maximum is { } maximum && maximum < none ? (key.BelowMaximum ? " below " : " at most ") + Show(maximum) : "";
        return low.Length > 0 && high.Length > 0 ? low + " and" + high : low + high;
    }

    private static string Plural(SpecKey item) => item.Kinds.HasFlag(ValueKinds.Whole) ? "whole numbers" : "texts";

    private static string Show(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
