using NoraPipelines.Checkpoints;
using NoraPipelines.Plans;

namespace NoraPipelines.Export;

/// <summary>
/// What adapter_config.json of a plain LoRA says (peft/tuners/lora/config.py). Options that change the function and are not those of a
/// plain LoRA are refused by <see cref="PeftConfigReader"/>.
/// </summary>
public sealed class PeftConfig
{
    internal PeftConfig()
    {
    }

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    /// <summary>Whether alpha acts at all (<see cref="PeftKeys.ScaledSince"/>).</summary>
    internal bool IsScaled { get; init; } = true;

    /// <summary>Whether the scale is alpha / √r instead of alpha / r.</summary>
    public bool UseRsLora { get; init; }

    public double Dropout { get; init; }

    /// <summary>base_model_name_or_path, where the file has it.</summary>
    public string? BaseModel { get; init; }

    /// <summary>modules_to_save: what trained in full beside the factors.</summary>
    public IReadOnlyList<string> SavedModules { get; init; } = [];

    internal IReadOnlyList<(ModulePattern Pattern, int Rank)> Ranks { get; init; } = [];

    internal IReadOnlyList<(ModulePattern Pattern, double Alpha)> Alphas { get; init; } = [];

    internal PeftTargets Targets { get; init; } = new();

    /// <summary>The rank of a module: rank_pattern's first match, otherwise r.</summary>
    public int RankOf(string module)
    {
        foreach (var (pattern, rank) in Ranks)
            if (pattern.IsMatch(module)) return rank;
        return Rank;
    }

    /// <summary>Every entry of rank_pattern and alpha_pattern must mean a module: PEFT passes over one that does not.</summary>
    /// <param name="path">Of the file that holds the modules.</param>
    /// <exception cref="CheckpointException">One means none, with the nearest module.</exception>
    internal void CheckPatterns(string path, IReadOnlyCollection<string> modules)
    {
        foreach (var pattern in Ranks.Select(entry => entry.Pattern).Concat(Alphas.Select(entry => entry.Pattern)))
        {
            if (modules.Any(pattern.IsMatch)) continue;
            var names = modules.Select(module => module[(module.LastIndexOf('.') + 1)..]).Distinct();
            throw new CheckpointException($"{path}: '{pattern.Key}' of {AdapterFiles.PeftConfig} has an entry for '{pattern.Text}', which none of the "
                + $"adapter's {modules.Count} modules is{DidYouMean.Hint(pattern.Text, names.Concat(modules))}; they are {Listing.And(names.Take(12))}. "
                + "Correct the entry, or take it away.");
        }
    }

    /// <summary>The scale of a module, from its own alpha and rank.</summary>
    public double ScaleOf(string module)
    {
        if (!IsScaled) return 1;
        var alpha = Alpha;
        foreach (var (pattern, own) in Alphas)
        {
            if (!pattern.IsMatch(module)) continue;
            alpha = own;
            break;
        }
        return alpha / (UseRsLora ? Math.Sqrt(RankOf(module)) : RankOf(module));
    }
}
