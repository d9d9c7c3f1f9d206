using System.Globalization;
using System.Numerics;
using NoraPipelines.Plans;

namespace NoraPipelines.Runs.Settings;

/// <summary>A setting's text as the value that a spec would hold, so that a spec and a setting are read and checked alike.</summary>
internal static class SettingText
{
    private const string None = "none";
    private const int MostShown = 120;

    /// <summary>What a message says was expected.</summary>
    /// <param name="text">What was found: a whole number that no key can hold is told the largest.</param>
    public static string Expected(SpecKey key, string text) => Expectation.Of(key, nothing: None)
        + ((key.Kinds & (ValueKinds.Whole | ValueKinds.List)) != 0 && text.Trim('[', ']').Split(',').Any(IsTooLarge) ? $", at most {int.MaxValue}" : "");

    /// <summary>The value, within the key's bounds; null where the text is not one.</summary>
    /// <param name="text">Lists as 1,2,3 or [1, 2, 3]; none for a value that is absent.</param>
    public static SpecNode? Read(SpecKey key, string text)
    {
        if (Node(key, text.Trim(' ')) is not { } node) return null;
        return SpecValidator.Check(node, key).Count == 0 ? node : null;
    }

    /// <summary>A text of a user for a message: without control characters, and not longer than a line.</summary>
    public static string Shown(string text)
    {
        var plain = string.Concat(text.Take(MostShown).Select(letter => char.IsControl(letter) ? '\uFFFD' : letter));
        return text.Length > MostShown ? $"{plain}… ({text.Length:N0} characters)" : plain;
    }

    private static bool IsTooLarge(string text) =>
        BigInteger.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
        && number > int.MaxValue;

    /// <summary>Null where a list's brackets are no pair, or nothing is written where `none` was meant.</summary>
    private static SpecNode? Node(SpecKey key, string text)
    {
        if (key.Kinds == ValueKinds.List)
        {
            if (text.StartsWith('[') != text.EndsWith(']')) return null;
            var items = text.StartsWith('[') ? text[1..^1] : text;
            return new ListNode([.. items.Split(',').Select(item => Scalar(item.Trim(' ')))], Place.Start);
        }
        if (key.Kinds.HasFlag(ValueKinds.Nothing) && text == None) return Scalar("");
        if (key.Kinds.HasFlag(ValueKinds.Nothing) && text.Length == 0) return null;
        // A path may look like a number, or like true.
        return key.Kinds == ValueKinds.Text ? new ScalarNode(text, Quoted: true, Place.Start) : Scalar(text);
    }

    private static ScalarNode Scalar(string text) => new(text, Quoted: false, Place.Start);
}
