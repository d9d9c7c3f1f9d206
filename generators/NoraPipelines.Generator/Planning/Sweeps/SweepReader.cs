using System.Text.RegularExpressions;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning.Sweeps;

/// <summary>
/// The `sweep` of a spec's tree → axes and variants. Keys are checked here, values when each variant is read as a spec of its own.
/// </summary>
internal sealed class SweepReader(MappingNode root, List<SpecProblem> problems)
{
    public static SweepSpec Read(MappingNode root, SpecEntry sweep, List<SpecProblem> problems) => new SweepReader(root, problems).Read(sweep);

    private SweepSpec Read(SpecEntry sweep)
    {
        var (axes, listed, budget) = (new List<SweepAxis>(), new List<ListedVariant>(), (Place?)null);
        if (sweep.Value is not MappingNode section)
        {
            Wrong(sweep.Value, "sweep", "a mapping of axes, such as adapter.outer.init: [svd, awsvd], or of variants");
            return new SweepSpec(sweep.KeyPlace, axes, listed, null);
        }
        foreach (var entry in section.Entries)
        {
            if (entry.Key == "matched_budget") budget = Switch(entry);
            else if (entry.Key == "variants") listed.AddRange(Variants(entry));
            else if (Axis(entry) is { } axis) axes.Add(axis);
        }
        SweptKeys.CheckApart([.. axes.Select(axis => (axis.Path, axis.KeyPlace))], problems);
        if (section.Entries.All(entry => entry.Key == "matched_budget"))
            Report("NORA006", "sweep has no axis and no variants; give at least one, such as adapter.outer.init: [svd, awsvd]", sweep.KeyPlace);
        return new SweepSpec(sweep.KeyPlace, axes, listed, budget);
    }

    private SweepAxis? Axis(SpecEntry entry)
    {
        if (!SweptKeys.Check(entry, root, ["matched_budget", "variants"], problems)) return null;
        if (entry.Value is not ListNode list)
        {
            Wrong(entry.Value, entry.Key, entry.Value is MappingNode inner && inner.Entries.Count > 0
                ? $"a list of values; an axis names its key with all sections: {entry.Key}.{inner.Entries[0].Key}: [...]" : "a list of values, such as [1, 2]");
            return null;
        }
        if (list.Items.Count == 0) Report("NORA006", $"{entry.Key} is an axis without values; give at least one", list.Place);
        var values = new List<SpecNode>();
        foreach (var item in list.Items)
        {
            if (item is RefusedNode) continue;
            if (values.Any(other => SpecTree.Text(other) == SpecTree.Text(item)))
                Report("NORA121", $"'{SpecTree.Text(item)}' is listed twice; remove one of the two", item.Place);
            else values.Add(item);
        }
        return new SweepAxis(entry.Key, entry.KeyPlace, values);
    }

    private IEnumerable<ListedVariant> Variants(SpecEntry entry)
    {
        if (entry.Value is not ListNode list)
        {
            Wrong(entry.Value, "variants", "a list of variants, such as - { name: svd, adapter.outer.init: svd }");
            yield break;
        }
        if (list.Items.Count == 0) Report("NORA006", "variants is an empty list; give at least one item", list.Place);
        var names = new Dictionary<string, Place>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in list.Items)
        {
            if (item is not MappingNode mapping)
            {
                Wrong(item, "the variant", "a mapping with its name and the keys that it changes, such as { name: svd, adapter.outer.init: svd }");
                continue;
            }
            var name = Name(mapping);
            if (name is not null && names.TryGetValue(name.Text, out var first))
                Report("NORA121", $"a variant '{name.Text}' is listed already in line {first.Line}; give one of the two another name", name.Place);
            else if (name is not null) names.Add(name.Text, name.Place);
            // Without a right name a variant's class is a stand-in.
            yield return new ListedVariant(name?.Text ?? "unnamed", name?.Place ?? mapping.Place, Changes(mapping));
        }
    }

    private ScalarNode? Name(MappingNode mapping)
    {
        var key = Keys.Sweep.VariantName;
        if (mapping.Find("name") is not { } entry)
        {
            Report("NORA007", "'name' is missing in a variant: it is what follows the pipeline's name, as awsvd in table-4.awsvd", mapping.Place);
            return null;
        }
        if (entry.Value is ScalarNode name && ScalarReader.IsText(name))
        {
            if (Regex.IsMatch(name.Text, key.Pattern!.Value.Expression, RegexOptions.CultureInvariant)) return name;
            Report("NORA005", $"'{name.Text}' is no value of name; expected {key.Pattern!.Value.Description}", name.Place);
        }
        else Wrong(entry.Value, "name", key.Pattern!.Value.Description);
        return null;
    }

    private IReadOnlyList<SweepChange> Changes(MappingNode mapping)
    {
        var changes = new List<SweepChange>();
        foreach (var entry in mapping.Entries.Where(entry => entry.Key != "name" && SweptKeys.Check(entry, root, ["name"], problems)))
        {
            if (entry.Value is RefusedNode) continue;
            var change = new SweepChange(entry.Key, entry.Value, entry.KeyPlace);
            if (change.Removes && SpecTree.Find(root, entry.Key) is null)
                Report("NORA107", $"'{entry.Key}: null' has no effect: the spec has no such key that the variant could do without; remove it", entry.KeyPlace);
            else changes.Add(change);
        }
        SweptKeys.CheckApart([.. changes.Select(change => (change.Path, change.KeyPlace))], problems);
        return changes;
    }

    private Place? Switch(SpecEntry entry)
    {
        if (entry.Value is ScalarNode scalar && ScalarReader.Switch(scalar) is { } asked) return asked ? entry.KeyPlace : null;
        Wrong(entry.Value, entry.Key, "true or false");
        return null;
    }

    private void Wrong(SpecNode node, string name, string expected)
    {
        if (node is not RefusedNode) Report("NORA004", $"{name} is {SpecValidator.Describe(node)}; expected {expected}", node.Place);
    }

    private void Report(string id, string message, Place place) => problems.Add(new(id, message, place));
}
