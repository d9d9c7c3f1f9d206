using System.Globalization;

namespace NoraPipelines.Export;

/// <summary>
/// Which modules an adapter_config.json means, as PEFT decides it (peft/tuners/tuners_utils.py, check_target_module_exists): exclude_modules,
/// then target_modules by a pattern or by names, then, for ends of names, layers_to_transform.
/// </summary>
internal sealed class PeftTargets
{
    /// <summary>target_modules as a pattern; null where it is a list.</summary>
    public ModulePattern? Pattern { get; init; }

    /// <summary>Whole names or ends of names.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>exclude_modules as a pattern.</summary>
    public ModulePattern? ExcludedPattern { get; init; }

    /// <summary>exclude_modules as a list of names or ends of names.</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>layers_to_transform; null: all.</summary>
    public IReadOnlySet<int>? Layers { get; init; }

    /// <summary>Where a layer's number stands in a name: its first group.</summary>
    public IReadOnlyList<ModulePattern> LayerNumbers { get; init; } = [];

    public bool Contains(string module)
    {
        if (ExcludedPattern?.IsMatch(module) == true || Ends(module, Excluded)) return false;
        if (Pattern is not null) return Pattern.IsMatch(module);
        if (Names.Contains(module)) return true;
        return Ends(module, Names) && (Layers is null || IsOfLayer(module));
    }

    private bool IsOfLayer(string module)
    {
        var number = LayerNumbers.Select(pattern => pattern.Number(module)).FirstOrDefault(found => found is not null);
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var layer) && Layers!.Contains(layer);
    }

    private static bool Ends(string module, IReadOnlyList<string> names) =>
        names.Any(name => module == name || module.EndsWith($".{name}", StringComparison.Ordinal));
}
