namespace NoraPipelines.Generator.Tests;

/// <summary>The generator on specs of this repository.</summary>
internal static class ShippedSpecs
{
    private const string Config = "base-model/weights/config.json";

    /// <summary>On those of the project `pipelines`.</summary>
    public static GeneratorRun Pipelines() => On(Directory.GetFiles(Repository.Path("pipelines"), "*.nora.yaml", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Repository.Path("pipelines"), file).Replace('\\', '/'))
        .Where(file => !file.StartsWith("paper/", StringComparison.Ordinal)));

    /// <summary>On one of `pipelines/paper`.</summary>
    public static GeneratorRun Paper(string name) => On([$"paper/{name}.nora.yaml"]);

    private static GeneratorRun On(IEnumerable<string> specs) =>
        GeneratorRun.On([.. specs.Append(Config).Select(file => (file, File.ReadAllText(Repository.Path("pipelines", file))))]);
}
