namespace NoraPipelines.Export;

/// <summary>What an exported adapter says beyond its weights.</summary>
public sealed record PeftExportOptions
{
    /// <summary>
    /// Layers of the model. Where all of them are adapted, layers_to_transform is left out, which means the same; null: unknown, and the
    /// layers are always listed.
    /// </summary>
    public int? LayerCount { get; init; }
}
