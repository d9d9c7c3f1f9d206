using System.Globalization;

namespace NoraPipelines.Tokenization;

/// <summary>Finds added tokens in a text: from left to right, the longest at each place, none overlapping.</summary>
internal sealed class AddedTokenTrie
{
    private sealed class Node
    {
        public Dictionary<char, Node> Next { get; } = [];
        public AddedToken? Token { get; set; }
    }

    private readonly Node _root = new();

    public bool IsEmpty => _root.Next.Count == 0;

    public void Add(string content, AddedToken token)
    {
        if (content.Length == 0) return;
        var node = _root;
        foreach (var c in content)
        {
            if (!node.Next.TryGetValue(c, out var next)) node.Next.Add(c, next = new Node());
            node = next;
        }
        node.Token ??= token;
    }

    /// <summary>The found tokens with the characters that they take, white space that they strip included.</summary>
    public List<(AddedToken Token, int Start, int End)> Find(string text)
    {
        var found = new List<(AddedToken, int, int)>();
        var free = 0; // end of the last one found
        for (var i = 0; i < text.Length;)
        {
            if (Longest(text, i) is not { } match)
            {
                i++;
                continue;
            }
            var (token, start, end) = (match.Token, i, i + match.Length);
            i = end;
            if (token.SingleWord && (EndsWithWord(text, start) || StartsWithWord(text, end))) continue;
            if (token.StripLeft)
                while (start > free && char.IsWhiteSpace(text[start - 1])) start--;
            if (token.StripRight)
                while (end < text.Length && char.IsWhiteSpace(text[end])) end++;
            found.Add((token, start, end));
            free = i = end;
        }
        return found;
    }

    private (AddedToken Token, int Length)? Longest(string text, int start)
    {
        (AddedToken, int)? longest = null;
        var node = _root;
        for (var i = start; i < text.Length && node.Next.TryGetValue(text[i], out node!); i++)
            if (node.Token is not null) longest = (node.Token, i + 1 - start);
        return longest;
    }

    private static bool EndsWithWord(string text, int end) =>
        end > 0 && IsWord(CharUnicodeInfo.GetUnicodeCategory(text, end >= 2 && char.IsSurrogatePair(text, end - 2) ? end - 2 : end - 1));

    private static bool StartsWithWord(string text, int start) => start < text.Length && IsWord(CharUnicodeInfo.GetUnicodeCategory(text, start));

    private static bool IsWord(UnicodeCategory category) =>
        category <= UnicodeCategory.DecimalDigitNumber || category == UnicodeCategory.ConnectorPunctuation; // \w: letters, marks, digits, _
}
