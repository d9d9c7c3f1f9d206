using System.Text;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Tests.Documentation;

/// <summary>The key table as docs/spec.md.</summary>
internal static class SpecDocWriter
{
    private const string Opening = """
        # The spec: every key

        A pipeline is one file `<name>.nora.yaml` in the project. Its keys are closed sets: an unknown key is a build error that suggests
        the nearest name. Keys marked **run** may be overridden when the program runs (`--set training.learning_rate=1e-3`); all others shape the
        program and are fixed when it is built. A spec's relative paths start in its own folder, those of `--set` in the current one
        ([using.md](using.md#settings)). For completion and checks while typing, begin a spec with
        `# yaml-language-server: $schema=…/docs/nora-pipeline.schema.json`.

        Values are YAML 1.2: `7.0e-3` is a number, `"7"` a text. Anchors, aliases, tags, tabs and several documents in a file are refused.
        Words listed as *not yet* belong to the language, but this version does not support them; the build says so.

        A comment that moves no line leaves the generated program as it is. The program's banners name the lines of the spec's sections, so
        a comment that moves a section changes the banners, and nothing else.

        """;

    /// <summary>A longer list of words stands below the table.</summary>
    private const int ListedWords = 16;

    public static string Write()
    {
        var text = new StringBuilder(Opening.Replace("\r\n", "\n"));
        text.Append("\n| key | value | default | |\n|---|---|---|---|\n");
        foreach (var key in Keys.Root.Keys.Where(key => key.Kinds != ValueKinds.Mapping && key.Kinds != ValueKinds.List)) Row(text,
            key, key.Name);
        foreach (var section in Keys.Root.Keys.Where(key => key.Kinds is ValueKinds.Mapping or ValueKinds.List))
        {
            text.Append($"\n## {section.Name}\n\n{section.Doc}\n");
            var keys = section.Item?.Keys ?? section.Keys;
            if (keys.Count == 0) continue;
            text.Append("\n| key | value | default | |\n|---|---|---|---|\n");
            foreach (var key in keys) Rows(text, key, section.Item is null ? key.Name : "- " + key.Name);
            if (section.PathKeys is { } meaning) text.Append($"| *path* | a list of values | | {Capital(meaning)}. |\n");
            foreach (var key in keys.Where(key => key.Words.Count > ListedWords))
                text.Append($"\n`{key.Name}` is one of {string.Join(", ", key.Words.Select(word => $"`{word}`"))}.\n");
        }
        return text.ToString();
    }

    private static void Rows(StringBuilder text, SpecKey key, string name)
    {
        Row(text, key, name);
        if (key.Kinds.HasFlag(ValueKinds.Mapping))
            foreach (var child in key.Keys) Rows(text, child, name + "." + child.Name);
        if (key.Item?.PathKeys is not { } meaning) return;
        foreach (var child in key.Item.Keys) Rows(text, child, $"{name}.- {child.Name}");
        text.Append($"| `{name}.-` *path* | a value or null | | {Capital(meaning)}. |\n");
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static void Row(StringBuilder text, SpecKey key, string name)
    {
        var value = key.Kinds == ValueKinds.Mapping ? "" : key.Words.Count > ListedWords ? "a word of the list below" : Expectation.Of(key);
        var @default = key.Required ? "required" : key.Default is { } known ? (known.Length > 0 ? $"`{known}`" : "empty") : "";
        var later = key.Later.Count > 0 ? $" *Not yet*: {string.Join(", ", key.Later)}." : "";
        var run = key.RunTime ? " **run**" : "";
        text.Append($"| `{name}` | {value} | {@default} | {key.Doc}{later}{run} |\n");
    }
}
