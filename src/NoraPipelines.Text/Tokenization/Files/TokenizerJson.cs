using System.Text.Json;
using NoraPipelines.Disk;

namespace NoraPipelines.Tokenization;

/// <summary>A value in a tokenizer's JSON file that knows where it stands, so that every complaint names the file and the key.</summary>
internal readonly struct TokenizerJson(string file, string path, JsonElement value)
{
    public string File => file;
    public string Path => path;
    public JsonElement Value => value;

    public TokenizerException Error(string problem) => new($"{file}: {path} {problem}");

    /// <summary>The member, or null where it is absent or null.</summary>
    public TokenizerJson? Find(string key)
    {
        RequireKind(JsonValueKind.Object, "an object {...}");
        return value.TryGetProperty(key, out var found) && found.ValueKind != JsonValueKind.Null
            ? new TokenizerJson(file, path.Length == 0 ? key : $"{path}.{key}", found)
            : null;
    }

    /// <summary>The member, or null where it is absent; null itself is refused, as by what reads the file elsewhere.</summary>
    public TokenizerJson? FindGiven(string key)
    {
        if (Find(key) is { } found) return found;
        return value.TryGetProperty(key, out var none) ? throw new TokenizerJson(file, path.Length == 0 ? key : $"{path}.{key}", none).Wrong("it left out, or given") : null;
    }

    public TokenizerJson Get(string key) => Find(key) ?? throw new TokenizerException(
        $"{file}: {(path.Length == 0 ? "the file" : path)} has no \"{key}\". The file is not complete: copy tokenizer.json from the model's publisher again.");

    public string GetString(string key) => Get(key).AsString();
    public string? FindString(string key) => Find(key)?.AsString();
    public bool GetBool(string key, bool absent) => Find(key)?.AsBool() ?? absent;
    public int GetInt(string key, int absent) => Find(key)?.AsInt() ?? absent;

    public string AsString()
    {
        RequireKind(JsonValueKind.String, "a text");
        return value.GetString()!;
    }

    public bool AsBool() => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong("true or false"),
    };

    public int AsInt() => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw Wrong("a whole number");

    public List<TokenizerJson> Items()
    {
        RequireKind(JsonValueKind.Array, "a list [...]");
        var items = new List<TokenizerJson>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray()) items.Add(new TokenizerJson(file, $"{path}[{items.Count}]", item));
        return items;
    }

    /// <summary>The members of an object, in the file's order.</summary>
    public List<(string Key, TokenizerJson Value)> Members()
    {
        RequireKind(JsonValueKind.Object, "an object {...}");
        var members = new List<(string, TokenizerJson)>();
        foreach (var member in value.EnumerateObject())
            members.Add((member.Name, new TokenizerJson(file, path.Length == 0 ? member.Name : $"{path}[\"{member.Name}\"]", member.Value)));
        return members;
    }

    public void RequireKind(JsonValueKind kind, string expected)
    {
        if (value.ValueKind != kind) throw Wrong(expected);
    }

    /// <summary>A part whose "type" is none of the supported ones.</summary>
    public TokenizerException Unsupported(string what, string type, string supported) => new(
        $"{file}: {path} has the type \"{type}\", which is not a supported {what}. Supported: {supported}. "
        + "Use a model whose tokenizer has one of these, or save its tokenizer in such a form.");

    /// <summary>Reads a pattern: { "String": "…" } is literal, { "Regex": "…" } a regular expression.</summary>
    public TextPattern Pattern(string key)
    {
        var pattern = Get(key);
        if (pattern.Value.ValueKind == JsonValueKind.String) return TextPattern.Literal(pattern.AsString());
        if (pattern.FindString("String") is { } literal) return TextPattern.Literal(literal);
        var (name, file) = (pattern.Path, pattern.File);
        return TextPattern.Expression(pattern.GetString("Regex"), (problem, inner) => new TokenizerException(
            $"{file}: {name}.Regex cannot be used: {problem}. Correct the pattern, or save the tokenizer with an equal one.", inner));
    }

    private TokenizerException Wrong(string expected)
    {
        return new($"{file}: {(path.Length == 0 ? "the file" : path)} is {JsonText.Shown(value, 60)}; expected {expected}. Copy the file from the model's publisher again.");
    }
}
