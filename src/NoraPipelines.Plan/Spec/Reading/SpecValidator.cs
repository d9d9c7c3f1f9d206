using System.Text.RegularExpressions;

namespace NoraPipelines.Plans;

/// <summary>Compares a spec's tree with the key table; keeps the valid values by path and reports all others.</summary>
internal sealed class SpecValidator(List<SpecProblem> problems)
{
    private readonly Dictionary<string, SpecNode> _values = [];
    private readonly Dictionary<string, Place> _keys = [];
    private readonly HashSet<string> _refused = [];

    /// <param name="root">Null: nothing could be read, which was reported.</param>
    public static PipelineSpec Read(SpecNode? root, List<SpecProblem> problems)
    {
        var validator = new SpecValidator(problems);
        if (root is MappingNode spec) validator.Mapping(spec, Keys.Root, Place.Start);
        else if (root is not null) problems.Add(new("NORA004",
            $"the file holds {Describe(root)}; a spec is a mapping that begins with pipeline: name", root.Place));
        return new PipelineSpec(validator._values, validator._keys, validator._refused);
    }

    /// <summary>What is wrong with one value: nothing where it is of the key's kind and within its bounds.</summary>
    public static IReadOnlyList<SpecProblem> Check(SpecNode node, SpecKey key)
    {
        var problems = new List<SpecProblem>();
        new SpecValidator(problems).Value(node, key);
        return problems;
    }

    private void Value(SpecNode node, SpecKey key)
    {
        var before = problems.Count;
        if (node is MappingNode mapping && key.Kinds.HasFlag(ValueKinds.Mapping))
            Mapping(mapping, key, _keys.TryGetValue(key.Path, out var place) ? place : mapping.Place);
        else if (node is ListNode list && key.Kinds.HasFlag(ValueKinds.List))
            List(list, key);
        else if (node is ScalarNode scalar)
            Scalar(scalar, key);
        else if (node is not RefusedNode)
            WrongType(node, key);

        if (problems.Count == before && node is not RefusedNode) _values[key.Path] = node;
        else _refused.Add(key.Path);
    }

    private void Mapping(MappingNode mapping, SpecKey section, Place place)
    {
        foreach (var entry in mapping.Entries)
        {
            if (section.Find(entry.Key) is not { } key)
            {
                UnknownKey(entry, section);
                continue;
            }
            _keys[key.Path] = entry.KeyPlace;
            Value(entry.Value, key);
        }

        // A key that is only misspelt was reported as unknown.
        var names = section.Keys.Select(key => key.Name).ToList();
        var misspelt = mapping.Entries
            .Where(entry => !names.Contains(entry.Key)).Select(entry => DidYouMean.Nearest(entry.Key, names)).ToList();
        foreach (var key in section.Keys.Where(key => key.Required && mapping.Find(key.Name) is null && !misspelt.Contains(key.Name)))
        {
            var where = section.Path.Length == 0 ? "the spec" : section.Path;
            Refuse("NORA007", $"'{key.Name}' is missing in {where}: {Lowered(key.Doc)} Expected {Expected(key)}", place);
        }
    }

    private void UnknownKey(SpecEntry entry, SpecKey section)
    {
        var names = section.Keys.Select(key => key.Name).ToList();
        var where = section.Path.Length == 0 ? "a spec" : section.Path;
        Refuse("NORA002",
            $"'{entry.Key}' is not a key of {where}{DidYouMean.Hint(entry.Key, names)}; its keys are {string.Join(", ", names)}",
            entry.KeyPlace);
    }

    private void List(ListNode list, SpecKey key)
    {
        if (list.Items.Count < (key.Minimum ?? 0)) Refuse("NORA006", $"{key.Name} is an empty list; give at least one item", list.Place);
        for (var i = 0; i < list.Items.Count; i++)
        {
            var item = key.ItemAt!(i);
            _keys[item.Path] = list.Items[i].Place;
            Value(list.Items[i], item);
        }
    }

    private void Scalar(ScalarNode node, SpecKey key)
    {
        if (node.IsNull && key.Kinds.HasFlag(ValueKinds.Nothing)) return;
        if (key.Kinds.HasFlag(ValueKinds.Switch) && ScalarReader.Switch(node) is { } flag)
        {
            if (key.Later.Contains(flag ? "true" : "false")) NotYet(node, key);
        }
        else if (key.Kinds.HasFlag(ValueKinds.Whole) && ScalarReader.Whole(node) is { } whole)
        {
            InRange(node, key, whole, whole is < int.MinValue or > int.MaxValue);
        }
        else if (key.Kinds.HasFlag(ValueKinds.Number) && ScalarReader.Number(node) is { } number)
        {
            InRange(node, key, number, false);
        }
        else if (key.Kinds.HasFlag(ValueKinds.Text) && ScalarReader.IsText(node))
        {
            Word(node, key);
        }
        else
        {
            WrongType(node, key);
        }
    }

    private void Word(ScalarNode node, SpecKey key)
    {
        if (key.Later.Contains(node.Text)) NotYet(node, key);
        else if (key.Words.Count > 0 && !key.Words.Contains(node.Text))
            Refuse("NORA005",
                $"'{node.Text}' is no value of {Name(key)}{DidYouMean.Hint(node.Text, key.Words.Concat(key.Later))}; expected "
                + $"{Expected(key)}", node.Place);
        else if (node.Text.Trim().Length == 0 && key.MayBeBlank != Blank.Nothing
            && !(key.MayBeBlank == Blank.WhiteSpace && node.Text.Length > 0))
            Refuse("NORA006", $"{Name(key)} is an empty text; expected {Expected(key)}", node.Place);
        else if (key.Pattern is { } pattern && !Regex.IsMatch(node.Text, pattern.Expression, RegexOptions.CultureInvariant))
            Refuse("NORA005", $"'{node.Text}' is no value of {Name(key)}; expected {pattern.Description}", node.Place);
    }

    private void NotYet(ScalarNode node, SpecKey key) =>
        Refuse("NORA009", $"{Name(key)}: {node.Text} is not available yet; available: {string.Join(", ", key.Words)}", node.Place);

    private void InRange(ScalarNode node, SpecKey key, double value, bool beyondInt)
    {
        var low = key.Minimum is { } minimum && (key.AboveMinimum ? value <= minimum : value < minimum);
        var high = key.Maximum is { } maximum && (key.BelowMaximum ? value >= maximum : value > maximum);
        if (!low && !high && !beyondInt) return;
        Refuse("NORA006",
            $"{Name(key)} is {node.Text}; expected {Expected(key)}{(beyondInt ? $", at most {int.MaxValue}" : "")}", node.Place);
    }

    private void WrongType(SpecNode node, SpecKey key) =>
        Refuse("NORA004", $"{Name(key)} is {Describe(node)}; expected {Expected(key)}", node.Place);

    private void Refuse(string id, string message, Place place) => problems.Add(new(id, message, place));

    private static string Name(SpecKey key) => char.IsDigit(key.Name[0]) ? "the item" : key.Name;

    private static string Lowered(string doc) => char.ToLowerInvariant(doc[0]) + doc.Substring(1);

    /// <summary>What was found, in words: the number 3.</summary>
    internal static string Describe(SpecNode node) => node switch
    {
        MappingNode => "a mapping",
        ListNode => "a list",
        ScalarNode { IsNull: true } => "nothing",
        ScalarNode { Quoted: true } scalar => $"the text '{scalar.Text}'",
        ScalarNode scalar when ScalarReader.Number(scalar) is not null => $"the number {scalar.Text}",
        ScalarNode scalar => $"'{scalar.Text}'",
        _ => "something else",
    };

    private static string Expected(SpecKey key) => Expectation.Of(key);
}
