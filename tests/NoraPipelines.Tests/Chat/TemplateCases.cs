using System.Text.Json;

namespace NoraPipelines.Tests.Chat;

/// <summary>
/// Templates as published models have them, and what Jinja2 3.1.6 renders them to under transformers' settings (trim_blocks,
/// lstrip_blocks, loop controls, tojson as json.dumps without ensure_ascii).
/// </summary>
internal static class TemplateCases
{
    public static JsonElement Read(string name)
    {
        using var stream = typeof(TemplateCases).Assembly.GetManifestResourceStream(name)!;
        return JsonDocument.Parse(stream).RootElement;
    }
}
