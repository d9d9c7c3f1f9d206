using Microsoft.CodeAnalysis;

namespace NoraPipelines.Generator.Planning;

/// <summary>A file that the generator was given, as text.</summary>
/// <param name="Path">As the compiler has it; places of problems are shown in it.</param>
internal sealed record SpecFile(string Path, string Text)
{
    public static bool IsSpec(AdditionalText file) => file.Path.EndsWith(".nora.yaml", StringComparison.OrdinalIgnoreCase);

    public static bool IsConfig(AdditionalText file) => file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    public static SpecFile Read(AdditionalText file, CancellationToken cancel) => new(file.Path, file.GetText(cancel)?.ToString() ?? "");

    /// <summary>quickstart for …/quickstart.nora.yaml.</summary>
    public string Stem
    {
        get
        {
            var path = Paths.Normal(Path);
            var name = path.Substring(path.LastIndexOf('/') + 1);
            return name.Substring(0, name.Length - ".nora.yaml".Length);
        }
    }
}
