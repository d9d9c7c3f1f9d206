using System.Globalization;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Spec;

/// <summary>
/// A spec as it was written: the values that fit the key table, by path (adapter.outer.rank, evaluation.0.task), nothing defaulted.
/// A value that was refused is absent here and <see cref="WasRefused"/> there, so that no second problem is made of it.
/// </summary>
internal sealed class PipelineSpec(
    IReadOnlyDictionary<string, SpecNode> values, IReadOnlyDictionary<string, Place> keys, HashSet<string> refused)
{
    /// <summary>Whether the key is in the file, rightly or wrongly.</summary>
    public bool Has(string path) => keys.ContainsKey(path);

    /// <summary>Whether the key's value, or something in it, was reported already.</summary>
    public bool WasRefused(string path) => refused.Contains(path);

    public Located<string>? Text(string path) => Scalar(path) is { } node && ScalarReader.IsText(node) ? new(node.Text, node.Place) : null;

    public Located<int>? Whole(string path) =>
        Scalar(path) is { } node && ScalarReader.Whole(node) is { } value ? new((int)value, node.Place) : null;

    public Located<double>? Number(string path) => Scalar(path) is { } node && ScalarReader.Number(node) is { } value
        ? new(value, node.Place) : null;

    public bool? Switch(string path) => Scalar(path) is { } node ? ScalarReader.Switch(node) : null;

    public T? Choice<T>(string path) where T : struct, Enum => Text(path) is { } word ? Words.Parse<T>(word.Value) : null;

    /// <summary>How many items a list has, refused ones included; 0 where there is no list.</summary>
    public int Count(string path)
    {
        var count = 0;
        while (keys.ContainsKey($"{path}.{count.ToString(CultureInfo.InvariantCulture)}")) count++;
        return count;
    }

    public MappingNode? Mapping(string path) => values.TryGetValue(path, out var node) ? node as MappingNode : null;

    /// <summary>Where the value stands; where it is not written, its key's, or the nearest section's that is.</summary>
    public Place PlaceOf(string path)
    {
        for (var at = path; at.Length > 0; at = at.LastIndexOf('.') is var dot and >= 0 ? at.Substring(0, dot) : "")
        {
            if (values.TryGetValue(at, out var node) && node is ScalarNode) return node.Place;
            if (keys.TryGetValue(at, out var place)) return place;
        }
        return Place.Start;
    }

    /// <summary>Where the key itself stands.</summary>
    public Place KeyPlace(string path) => keys.TryGetValue(path, out var place) ? place : PlaceOf(path);

    /// <summary>The line of a section's key; 0 where the section is left out.</summary>
    public int LineOf(string section) => keys.TryGetValue(section, out var place) ? place.Line : 0;

    private ScalarNode? Scalar(string path) => values.TryGetValue(path, out var node) ? node as ScalarNode : null;
}
