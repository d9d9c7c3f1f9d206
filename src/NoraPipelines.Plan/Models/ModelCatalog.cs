namespace NoraPipelines.Plans;

/// <summary>The shapes that a spec's `model.preset` names: those of all families.</summary>
public static class ModelCatalog
{
    private static readonly IReadOnlyList<(string Name, ModelShape Shape)> Entries = [.. ModelFamilies.All.SelectMany(family => family.Presets)];

    /// <summary>All presets, family by family.</summary>
    public static IEnumerable<string> Names => Entries.Select(entry => entry.Name);

    public static ModelShape? Find(string name) => Entries.FirstOrDefault(entry => entry.Name == name).Shape;
}
