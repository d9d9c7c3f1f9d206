using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Tests.Documentation;

/// <summary>The key table as a JSON schema, for editors.</summary>
internal static class SchemaWriter
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write()
    {
        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "NoraPipelines spec (*.nora.yaml)",
        };
        foreach (var (name, value) in Of(Keys.Root)) schema[name] = value?.DeepClone();
        return schema.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Of(SpecKey key)
    {
        var schema = new JsonObject { ["description"] = key.Doc };
        var forms = new List<JsonObject>();
        if (key.Kinds.HasFlag(ValueKinds.Switch)) forms.Add(Switch(key));
        if (key.Kinds.HasFlag(ValueKinds.Whole)) forms.Add(Bounded("integer", key));
        if (key.Kinds.HasFlag(ValueKinds.Number)) forms.Add(Bounded("number", key));
        if (key.Kinds.HasFlag(ValueKinds.List)) forms.Add(List(key));
        if (key.Kinds.HasFlag(ValueKinds.Mapping)) forms.Add(Mapping(key));
        if (key.Kinds.HasFlag(ValueKinds.Text)) forms.Add(Text(key));
        if (key.Kinds.HasFlag(ValueKinds.Nothing)) forms.Add(new JsonObject { ["type"] = "null" });

        if (forms.Count == 1) foreach (var (name, value) in forms[0]) schema[name] = value?.DeepClone();
        else schema["anyOf"] = new JsonArray([.. forms]);
        if (key.Default is { Length: > 0 } @default && forms.Count == 1) schema["default"] = Default(key, @default);
        return schema;
    }

    private static JsonNode? Default(SpecKey key, string text) => key.Kinds == ValueKinds.Text ? text : JsonNode.Parse(text);

    private static JsonObject Switch(SpecKey key) => key.Words.Count == 0
        ? new JsonObject { ["type"] = "boolean" }
        : new JsonObject { ["enum"] = new JsonArray([.. key.Words.Select(word => JsonNode.Parse(word))]) };

    private static JsonObject Bounded(string type, SpecKey key)
    {
        var schema = new JsonObject { ["type"] = type };
        if (key.Minimum is { } minimum) schema[key.AboveMinimum ? "exclusiveMinimum" : "minimum"] = minimum;
        if (key.Maximum is { } maximum) schema[key.BelowMaximum ? "exclusiveMaximum" : "maximum"] = maximum;
        return schema;
    }

    private static JsonObject List(SpecKey key)
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = Of(key.Item!) };
        if (key.Minimum is > 0 and { } items) schema["minItems"] = items;
        return schema;
    }

    private static JsonObject Mapping(SpecKey key)
    {
        var properties = new JsonObject();
        foreach (var child in key.Keys) properties[child.Name] = Of(child);
        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        if (key.PathKeys is { } paths) schema["additionalProperties"] = PathKeys(key, paths);
        var required = key.Keys.Where(child => child.Required).Select(child => (JsonNode)child.Name).ToArray();
        if (required.Length > 0) schema["required"] = new JsonArray(required);
        return schema;
    }

    /// <summary>Of an axis a list; of a variant any value. Which paths there are is for the build to say.</summary>
    private static JsonNode PathKeys(SpecKey key, string meaning) => key.Name == "sweep"
        ? new JsonObject { ["description"] = meaning, ["type"] = "array", ["minItems"] = 1 }
        : new JsonObject { ["description"] = meaning };

    private static JsonObject Text(SpecKey key)
    {
        if (key.Words.Count > 0) return new JsonObject { ["enum"] = new JsonArray([.. key.Words.Select(word => (JsonNode)word)]) };
        var schema = new JsonObject { ["type"] = "string" };
        if (key.Pattern is { } pattern) schema["pattern"] = pattern.Expression;
        return schema;
    }
}
