using NoraPipelines.Plans;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace NoraPipelines.Generator.Spec;

/// <summary>
/// YAML text → <see cref="SpecNode"/>, with what YAML has and specs do without (anchors, tags, several documents) refused by name.
/// A spec stays a plain tree: what is written at a place is all that counts there.
/// </summary>
internal sealed class YamlTree
{
    /// <summary>Far deeper than any spec; text of brackets alone must not exhaust the stack.</summary>
    private const int DeepestNesting = 32;

    /// <summary>What a decoder puts in place of bytes that it cannot read.</summary>
    private const char Undecoded = '\uFFFD';

    private readonly IParser _parser;
    private readonly Stack<ParsingEvent> _open = new();
    private readonly List<SpecProblem> _problems;

    private YamlTree(string text, List<SpecProblem> problems)
    {
        _parser = new Parser(new StringReader(text));
        _problems = problems;
    }

    /// <summary>The document's root; null if it is empty or no YAML, then with a problem.</summary>
    public static SpecNode? Read(string text, List<SpecProblem> problems)
    {
        if (text.IndexOf(Undecoded) is >= 0 and var index)
        {
            problems.Add(new("NORA001", "the file has bytes that are not UTF-8, or the character that stands for such bytes; save it as UTF-8", At(text, index)));
            return null;
        }
        if (text.IndexOf('\0') is >= 0 and var end) // at which the parser would stop reading
        {
            problems.Add(new("NORA001", "the file has a NUL character, so it is damaged, or in another encoding; save it as UTF-8", At(text, end)));
            return null;
        }
        var tree = new YamlTree(text, problems);
        try
        {
            return tree.Document();
        }
        catch (Exception error) when (error is YamlException or InvalidOperationException)
        {
            // Some texts confuse the parser so far that it throws InvalidOperationException.
            problems.Add(tree.SyntaxProblem(text, error));
            return null;
        }
    }

    private SpecNode? Document()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            _problems.Add(new("NORA001", "the file is empty; a spec begins with pipeline: name", Place.Start));
            return null;
        }
        var root = Node(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
            _problems.Add(new("NORA008", "the file holds a second YAML document; write one spec a file", PlaceOf(second)));
        return root;
    }

    private SpecNode Node(int depth)
    {
        if (depth > DeepestNesting)
            throw new SyntaxErrorException(_parser.Current!.Start, _parser.Current.End,
                $"values are nested more than {DeepestNesting} deep");
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            _problems.Add(new("NORA008", $"'*{alias.Value}' refers to an anchor; anchors are not supported, write the value out",
                PlaceOf(alias)));
            return new RefusedNode(PlaceOf(alias));
        }
        if (_parser.Current is NodeEvent node) RefuseDecoration(node);
        if (_parser.TryConsume<Scalar>(out var scalar))
            return new ScalarNode(scalar.Value, scalar.Style != ScalarStyle.Plain, PlaceOf(scalar));
        return _parser.Accept<SequenceStart>(out _) ? List(depth) : Mapping(depth);
    }

    private ListNode List(int depth)
    {
        var start = _parser.Consume<SequenceStart>();
        _open.Push(start);
        var items = new List<SpecNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(Node(depth + 1));
        _open.Pop();
        return new ListNode(items, PlaceOf(start));
    }

    private MappingNode Mapping(int depth)
    {
        var start = _parser.Consume<MappingStart>();
        _open.Push(start);
        var entries = new List<SpecEntry>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = Node(depth + 1);
            var value = Node(depth + 1);
            if (key is not ScalarNode name)
                _problems.Add(new("NORA008", "a key is a word; lists and mappings cannot be keys", key.Place));
            else if (entries.FirstOrDefault(entry => entry.Key == name.Text) is { } first)
                _problems.Add(new("NORA003", $"'{name.Text}' was already given in line {first.KeyPlace.Line}; remove one of the two",
                    name.Place));
            else
                entries.Add(new SpecEntry(name.Text, name.Place, value));
        }
        _open.Pop();
        return new MappingNode(entries, PlaceOf(start));
    }

    private void RefuseDecoration(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
            _problems.Add(new("NORA008",
                $"'&{node.Anchor.Value}' is an anchor; anchors are not supported, write the value out where it is used", PlaceOf(node)));
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific)
            _problems.Add(new("NORA008", $"'{node.Tag.Value}' is a tag; tags are not supported, leave it out", PlaceOf(node)));
    }

    private SpecProblem SyntaxProblem(string text, Exception error)
    {
        var place = error is YamlException { Start.Index: > 0 } yaml ? PlaceOf(yaml.Start, yaml.End)
            : _parser.Current is { } last ? PlaceOf(last) : Place.Start;
        if (TabIndentation(text, place.Line) is { } tab)
            return new("NORA001", "the line is indented with a tab; YAML is indented with spaces only", tab);
        if (_open.FirstOrDefault(IsBracket) is { } bracket)
            return new("NORA001",
                $"not valid YAML: the '{(bracket is SequenceStart ? '[' : '{')}' that opens here is not closed as it should be"
                + (error is YamlException ? $" (line {place.Line}: {error.Message})" : ""), PlaceOf(bracket));
        return new("NORA001", "not valid YAML: " + error.Message, place);
    }

    private static bool IsBracket(ParsingEvent start) =>
        start is SequenceStart { Style: SequenceStyle.Flow } or MappingStart { Style: MappingStyle.Flow };

    /// <summary>The first tab among the spaces before a line, from the line before the given one on.</summary>
    private static Place? TabIndentation(string text, int line)
    {
        var lines = text.Split('\n');
        for (var i = Math.Max(0, line - 2); i < lines.Length; i++)
        {
            var indentation = lines[i].Length - lines[i].TrimStart(' ', '\t').Length;
            var tab = lines[i].IndexOf('\t', 0, indentation);
            if (tab >= 0 && indentation < lines[i].TrimEnd().Length) return At(i + 1, tab + 1, lines);
        }
        return null;
    }

    private static Place At(int line, int column, string[] lines) =>
        new(line, column, line, column + 1, lines.Take(line - 1).Sum(before => before.Length + 1) + column - 1, 1);

    private static Place At(string text, int index)
    {
        var before = text.Substring(0, index).Split('\n');
        return At(before.Length, before[before.Length - 1].Length + 1, text.Split('\n'));
    }

    private static Place PlaceOf(ParsingEvent found) => PlaceOf(found.Start, found.End);

    private static Place PlaceOf(Mark start, Mark end)
    {
        // The marks of an error may be empty, or end before they start.
        var (from, to) = (Math.Max(0, (int)start.Index), (int)end.Index);
        var line = Math.Max(1, (int)start.Line);
        var column = Math.Max(1, (int)start.Column);
        return to > from
            ? new(line, column, (int)end.Line, Math.Max(1, (int)end.Column), from, to - from)
            : new(line, column, line, column, from, 0);
    }
}
