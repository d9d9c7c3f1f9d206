using System.Text.Json.Nodes;

namespace NoraPipelines.Runs.Folder;

/// <summary>Where two plans differ, by the path of each value.</summary>
internal static class PlanDifference
{
    /// <summary>"training.batch: 32, now 16", one text for each value that differs.</summary>
    public static IReadOnlyList<string> Between(JsonObject stored, JsonObject now)
    {
        var (before, after) = (Flat(stored, ""), Flat(now, ""));
        return
        [
            .. from key in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
               let old = before.GetValueOrDefault(key, "absent")
               let current = after.GetValueOrDefault(key, "absent")
               where old != current
               select $"{key}: {old}, now {current}",
        ];
    }

    private static Dictionary<string, string> Flat(JsonNode? node, string path)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var children = node switch
        {
            JsonObject map => map.Select(pair => (pair.Key, pair.Value)),
            JsonArray list => list.Select((item, index) => (Key: index.ToString(System.Globalization.CultureInfo.InvariantCulture), Value: item)),
            _ => [],
        };
        foreach (var (key, value) in children)
            foreach (var (inner, text) in Flat(value, path.Length == 0 ? key : $"{path}.{key}")) values[inner] = text;
        if (node is not (JsonObject or JsonArray)) values[path] = node?.ToJsonString() ?? "none";
        return values;
    }
}
