using NoraPipelines.Models;

namespace NoraPipelines.Export;

/// <summary>What an exported adapter says beyond its weights.</summary>
public sealed record PeftExportOptions
{
    /// <summary>
    /// The adapted model. Where short names and layers mean exactly what is adapted, the config has those; null: unknown, and every module is
    /// named in full.
    /// </summary>
    public IAdaptableModel? Model { get; init; }
}
