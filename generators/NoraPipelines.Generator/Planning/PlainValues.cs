using NoraPipelines.Plans;


namespace NoraPipelines.Generator.Planning;

/// <summary>A YAML (so also a JSON) tree as the plain values that config.json readers take.</summary>
internal static class PlainValues
{
    public static IReadOnlyDictionary<string, object?> Of(MappingNode mapping) =>
        mapping.Entries.ToDictionary(entry => entry.Key, entry => Of(entry.Value));

    private static object? Of(SpecNode node) => node switch
    {
        MappingNode mapping => Of(mapping),
        ListNode list => list.Items.Select(Of).ToList(),
        ScalarNode { IsNull: true } => null,
        ScalarNode scalar => ScalarReader.Switch(scalar) ?? ScalarReader.Whole(scalar) ?? (object?)ScalarReader.Number(scalar)
            ?? scalar.Text,
        _ => null,
    };
}
