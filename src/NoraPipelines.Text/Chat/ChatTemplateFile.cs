using System.Text.Json;
using NoraPipelines.Disk;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Chat;

/// <summary>
/// Finds a folder's template: chat_template.jinja, chat_template.json, or tokenizer_config.json, whose chat_template is a text or a list
/// of named texts ("default" is taken).
/// </summary>
internal static class ChatTemplateFile
{
    private const string TokenizerConfig = "tokenizer_config.json";

    /// <summary>The template, and the file it stands in.</summary>
    /// <exception cref="ChatTemplateException">A file cannot be read, is damaged, or is a link that leaves the folder.</exception>
    public static (string Source, string File)? Find(string folder)
    {
        var configPath = PathOf(folder, TokenizerConfig);
        var config = IsThere(configPath) ? ReadObject(configPath) : default;
        foreach (var name in (string[])["chat_template.jinja", "chat_template.json"])
        {
            var path = PathOf(folder, name);
            if (!IsThere(path)) continue;
            if (name.EndsWith(".jinja", StringComparison.Ordinal)) return (ReadText(path), path);
            if (Template(ReadObject(path), path) is { } separate) return (separate, path);
        }
        return config.ValueKind == JsonValueKind.Object && Template(config, configPath) is { } source ? (source, configPath) : null;
    }

    private static string? Template(JsonElement config, string path)
    {
        if (!config.TryGetProperty("chat_template", out var template) || template.ValueKind == JsonValueKind.Null) return null;
        if (template.ValueKind == JsonValueKind.String) return template.GetString();
        if (template.ValueKind == JsonValueKind.Array)
        {
            var named = template.EnumerateArray().Where(item => Text(item, "name") is not null && Text(item, "template") is not null).ToArray();
            var chosen = Array.Find(named, item => Text(item, "name") == "default");
            if (chosen.ValueKind == JsonValueKind.Object) return Text(chosen, "template");
            throw new ChatTemplateException($"{path}: the list `chat_template` has no template named \"default\"; found: "
                + $"{(named.Length == 0 ? "none" : string.Join(", ", named.Select(item => Text(item, "name"))))}. Name one of them default.");
        }
        throw new ChatTemplateException($"{path}: `chat_template` is {JsonText.Shown(template, 60)}, expected a text or a list of named texts.");
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string PathOf(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return Reading(path, () => FolderLink.Outside(folder, path)) is not { } target ? path : throw new ChatTemplateException(
            $"{path}: is a link to {target}, outside the folder; expected a file of the folder. "
            + "Copy the file into the folder, or open the folder it is in.");
    }

    private static bool IsThere(string path) => Reading(path, () => OptionalFile.Exists(path));

    private static JsonElement ReadObject(string path)
    {
        try
        {
            using var document = TokenizerFile.ReadJson(path, uniqueKeys: true);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document.RootElement.Clone();
            throw new ChatTemplateException($"{path}: holds {document.RootElement.ValueKind}, expected a JSON object. Get the file again.");
        }
        catch (TokenizerException damaged)
        {
            throw new ChatTemplateException(damaged.Message, damaged);
        }
    }

    private static string ReadText(string path) => Reading(path, () => new FileInfo(path).Length <= 1 << 20
        ? File.ReadAllText(path)
        : throw new ChatTemplateException($"{path}: has more than 1 MiB, expected a chat template."));

    private static T Reading<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ChatTemplateException($"{path} cannot be read: {refused.Message} Check the path and the file's permissions.", refused);
        }
    }
}
