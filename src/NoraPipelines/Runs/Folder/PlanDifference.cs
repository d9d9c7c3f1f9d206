using System.Globalization;
using System.Text.Json;
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
            JsonArray list => list.Select((item, index) => (Key: index.ToString(CultureInfo.InvariantCulture), Value: item)),
            _ => [],
        };
        foreach (var (key, value) in children)
            foreach (var (inner, text) in Flat(value, path.Length == 0 ? key : $"{path}.{key}")) values[inner] = text;
        if (node is not (JsonObject or JsonArray)) values[path] = Text(node);
        return values;
    }

    /// <summary>A number as its value: 1e-2 and 0.010 are one.</summary>
    private static string Text(JsonNode? value)
    {
        var text = value?.ToJsonString() ?? "none";
        return value?.GetValueKind() != JsonValueKind.Number || long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? text
            : double.Parse(text, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);
    }
}
