using NoraPipelines.Plans;

namespace NoraPipelines.Runs.Settings;

/// <summary>A setting's text as the value that a spec would hold, so that a spec and a setting are read and checked alike.</summary>
internal static class SettingText
{
    private const string None = "none";

    /// <summary>What a message says was expected.</summary>
    public static string Expected(SpecKey key) => Expectation.Of(key, nothing: None);

    /// <summary>The value, within the key's bounds; null where the text is not one.</summary>
    /// <param name="text">Lists as 1,2,3 or [1, 2, 3]; none for a value that is absent.</param>
    public static SpecNode? Read(SpecKey key, string text)
    {
        var node = Node(key, text.Trim());
        return SpecValidator.Check(node, key).Count == 0 ? node : null;
    }

    private static SpecNode Node(SpecKey key, string text)
    {
        if (key.Kinds == ValueKinds.List)
            return new ListNode([.. text.TrimStart('[').TrimEnd(']').Split(',').Select(item => Scalar(item.Trim()))], Place.Start);
        if (key.Kinds.HasFlag(ValueKinds.Nothing) && text is "" or None) return Scalar("");
        // A path may look like a number, or like true.
        return key.Kinds == ValueKinds.Text ? new ScalarNode(text, Quoted: true, Place.Start) : Scalar(text);
    }

    private static ScalarNode Scalar(string text) => new(text, Quoted: false, Place.Start);
}
