using System.Text.RegularExpressions;

namespace NoraPipelines.Chat;

/// <summary>
/// Compares stretches of a rendered conversation by whole marks: &lt;…&gt;, […], a word, or any other character, so that
/// &lt;|end|&gt; and &lt;|user|&gt; share nothing.
/// </summary>
internal static partial class TurnText
{
    private const int MostOpeningMarks = 2;

    [GeneratedRegex(@"<[^<>\s]{1,60}>|\[[^\[\]\s]{1,60}\]|\w+|.", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Mark();

    /// <summary>What both begin with.</summary>
    public static string Shared(string left, string right)
    {
        var length = 0;
        var others = Mark().EnumerateMatches(right);
        foreach (var mark in Mark().EnumerateMatches(left))
        {
            if (!others.MoveNext() || !left.AsSpan(mark.Index, mark.Length).SequenceEqual(right.AsSpan(others.Current.Index, others.Current.Length))) break;
            length = mark.Index + mark.Length;
        }
        return left[..length];
    }

    /// <summary>A text without the longest end that a conversation opens with, after up to two marks that begin a text.</summary>
    public static string WithoutOpening(string text, string conversation)
    {
        List<int> openings = [0];
        foreach (var mark in Mark().EnumerateMatches(conversation))
        {
            if (openings.Count > MostOpeningMarks || mark.Length == 1 || conversation[mark.Index] is not ('<' or '[')) break;
            openings.Add(mark.Index + mark.Length);
        }
        foreach (var mark in Mark().EnumerateMatches(text))
        {
            var end = text[mark.Index..];
            if (!string.IsNullOrWhiteSpace(end) && openings.Exists(start => string.CompareOrdinal(conversation, start, end, 0, end.Length) == 0)) return text[..mark.Index];
        }
        return text;
    }

    /// <summary>A text without the longest end that another one ends with.</summary>
    public static string WithoutEnding(string text, string other)
    {
        var shared = 0;
        while (shared < text.Length && shared < other.Length && text[^(shared + 1)] == other[^(shared + 1)]) shared++;
        foreach (var mark in Mark().EnumerateMatches(text))
            if (mark.Index >= text.Length - shared) return text[..mark.Index];
        return text;
    }
}
