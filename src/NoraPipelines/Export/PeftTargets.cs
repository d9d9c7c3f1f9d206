using System.Globalization;
using NoraPipelines.Plans;

namespace NoraPipelines.Export;

/// <summary>
/// Which modules an adapter_config.json means, as PEFT decides it (peft/tuners/tuners_utils.py, check_target_module_exists): exclude_modules,
/// then target_modules by a pattern or by names, then, for ends of names, layers_to_transform.
/// </summary>
internal sealed class PeftTargets
{
    /// <summary>Whether target_modules is "all-linear".</summary>
    public bool AllLinear { get; init; }

    /// <summary>fan_in_fan_out: layers that store their weight transposed. PEFT sets it to false for an nn.Linear.</summary>
    public bool FansIn { get; init; }

    /// <summary>Which biases trained beside the adapter: none, all, or lora_only, those of its modules.</summary>
    public string Bias { get; init; } = "none";

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
        return Ends(module, Names) && (Layers is null || (LayerOf(module) is { } layer && Layers.Contains(layer)));
    }

    /// <summary>"q_proj and v_proj in all 5 layers", for messages.</summary>
    public string Words(int layers)
    {
        var names = Pattern is { } pattern ? $"'{pattern.Text}'" : Listing.And([.. Names.Take(8), .. Names.Count > 8 ? [$"{Names.Count - 8} others"] : (string[])[]]);
        return Layers is null ? $"{names} in all {layers} layers" : $"{names} in the layers {Listing.And(Layers.Order().Select(layer => layer.ToString(CultureInfo.InvariantCulture)))}";
    }

    /// <summary>Names of target_modules and exclude_modules, and layers, that mean no module; PEFT passes over them.</summary>
    public IEnumerable<string> Unmatched(IReadOnlyCollection<string> modules)
    {
        foreach (var name in Names.Where(name => !modules.Any(module => Ends(module, [name])))) yield return $"target_modules '{name}'";
        foreach (var name in Excluded.Where(name => !modules.Any(module => Ends(module, [name])))) yield return $"exclude_modules '{name}'";
        if (ExcludedPattern is { } pattern && !modules.Any(pattern.IsMatch)) yield return $"exclude_modules '{pattern.Text}'";
        if (Layers is null) yield break;
        var numbers = modules.Select(LayerOf).ToHashSet();
        foreach (var layer in Layers.Where(layer => !numbers.Contains(layer)).Order()) yield return $"layers_to_transform {layer}";
    }

    private int? LayerOf(string module)
    {
        var number = LayerNumbers.Select(pattern => pattern.Number(module)).FirstOrDefault(found => found is not null);
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var layer) ? layer : null;
    }


    private static bool Ends(string module, IReadOnlyList<string> names) =>
        names.Any(name => module == name || module.EndsWith($".{name}", StringComparison.Ordinal));
}
