using System.Text.Json;

namespace NoraPipelines.Runs;

/// <summary>Holds the classes that a checkpoint's head was trained for, id2label of config.json, against those of the task.</summary>
internal static class HeadClasses
{
    /// <summary>A warning where both have the same classes and number them differently; null where they agree or are not alike.</summary>
    /// <param name="classes">Those of the task, in the order of their numbers.</param>
    public static string? Problem(JsonElement config, IReadOnlyList<string> classes)
    {
        if (config.ValueKind != JsonValueKind.Object || !config.TryGetProperty("id2label", out var labels) || labels.ValueKind != JsonValueKind.Object) return null;
        var found = new string?[classes.Count];
        foreach (var label in labels.EnumerateObject())
        {
            if (!int.TryParse(label.Name, out var id) || id < 0 || id >= found.Length || label.Value.ValueKind != JsonValueKind.String) return null;
            found[id] = Plain(label.Value.GetString()!);
        }
        var expected = classes.Select(Plain).ToArray();
        if (found.SequenceEqual(expected) || !found.Order().SequenceEqual(expected.Order())) return null;
        var first = Enumerable.Range(0, found.Length).First(id => found[id] != expected[id]);
        return $"config.json's id2label calls class {first} '{found[first]}', the task calls it '{expected[first]}'. Until the head is trained here, it "
            + "answers with the other class: its scores before training say nothing.";
    }

    private static string Plain(string label) => label.ToLowerInvariant().Replace('-', '_').Replace(' ', '_');
}
