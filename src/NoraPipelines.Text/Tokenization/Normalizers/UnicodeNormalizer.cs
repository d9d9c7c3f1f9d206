using System.Text;

namespace NoraPipelines.Tokenization;

/// <summary>NFC, NFD, NFKC and NFKD (Unicode Standard Annex 15), on the library's own table.</summary>
internal sealed class UnicodeNormalizer(NormalizationForm form) : Normalizer
{
    private readonly bool _compatibility = form is NormalizationForm.FormKC or NormalizationForm.FormKD;
    private readonly bool _composes = form is NormalizationForm.FormC or NormalizationForm.FormKC;

    private struct Element
    {
        public int CodePoint, Start, End;
        public byte Class;
    }

    public override AlignedText Normalize(AlignedText text)
    {
        var firstChanging = form == NormalizationForm.FormC ? '\u0300' : '\u0080'; // nothing below it changes
        if (text.Text.AsSpan().IndexOfAnyExceptInRange('\0', (char)(firstChanging - 1)) < 0) return text;
        var elements = Decompose(text);
        Reorder(elements);
        if (_composes) Compose(elements);
        return Build(elements);
    }

    private List<Element> Decompose(AlignedText text)
    {
        var table = DecompositionTable.Instance;
        var elements = new List<Element>(text.Length + 16);
        var parts = new List<int>();
        for (var i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text.Text.AsSpan(i), out var rune, out var length);
            parts.Clear();
            table.Decompose(rune.Value, _compatibility, parts);
            foreach (var part in parts)
            {
                elements.Add(new Element
                {
                    CodePoint = part,
                    Start = text.Starts[i],
                    End = text.Ends[i + length - 1],
                    Class = table.CombiningClass(part),
                });
            }
            i += length;
        }
        return elements;
    }

    /// <summary>Marks after one base stand in the order of their classes; those that change places share one range.</summary>
    private static void Reorder(List<Element> elements)
    {
        for (var first = 0; first < elements.Count; first++)
        {
            if (elements[first].Class == 0) continue;
            var end = first;
            var isOrdered = true;
            for (; end < elements.Count && elements[end].Class != 0; end++) isOrdered &= end == first || elements[end - 1].Class <= elements[end].Class;
            if (!isOrdered)
            {
                var run = elements.GetRange(first, end - first);
                var (start, stop) = (run.Min(x => x.Start), run.Max(x => x.End));
                var sorted = run.OrderBy(x => x.Class).ToList(); // stable
                for (var i = 0; i < sorted.Count; i++) elements[first + i] = sorted[i] with { Start = start, End = stop };
            }
            first = end - 1;
        }
    }

    private static void Compose(List<Element> elements)
    {
        var table = DecompositionTable.Instance;
        var (baseAt, kept) = (-1, 0); // place of the last character of class 0; number of elements that stay
        for (var i = 0; i < elements.Count; i++)
        {
            var element = elements[i];
            var isBlocked = kept - 1 > baseAt && (elements[kept - 1].Class >= element.Class || elements[kept - 1].Class == 0);
            if (baseAt >= 0 && !isBlocked && table.Compose(elements[baseAt].CodePoint, element.CodePoint) is { } composed)
            {
                elements[baseAt] = elements[baseAt] with { CodePoint = composed, End = Math.Max(elements[baseAt].End, element.End) };
                continue;
            }
            if (element.Class == 0) baseAt = kept;
            elements[kept++] = element;
        }
        elements.RemoveRange(kept, elements.Count - kept);
    }

    private static AlignedText Build(List<Element> elements)
    {
        var result = new AlignedTextBuilder(elements.Count);
        Span<char> characters = stackalloc char[2];
        var end = 0;
        foreach (var element in elements)
        {
            end = Math.Max(end, element.End); // a base that took a later mark reaches beyond the marks between them
            var length = new Rune(element.CodePoint).EncodeToUtf16(characters);
            result.Append(characters[..length], element.Start, end);
        }
        return result.Build();
    }
}
