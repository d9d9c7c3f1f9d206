using System.Text.RegularExpressions;
using NoraPipelines.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>Pairs the tensors of adapter_model.safetensors and checks them against the config.</summary>
internal static class PeftWeights
{
    private const string Prefix = "base_model.model.";

    // Linear in the name, which a hostile file may make as long as it likes.
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private static readonly Regex FactorName = new(@"^base_model\.model\.(?<module>.+)\.lora_(?<side>[AB])\.weight$", Linear);

    /// <summary>By module; the tensors belong to the caller, outside of all dispose scopes.</summary>
    /// <exception cref="CheckpointException">
    /// A tensor is no LoRA factor, lacks its partner, contradicts the config, or is not finite.
    /// </exception>
    public static IReadOnlyDictionary<string, PeftModule> Read(SafetensorsFile file, PeftConfig config)
    {
        var pairs = new SortedDictionary<string, (TensorEntry? A, TensorEntry? B)>(StringComparer.Ordinal);
        foreach (var entry in file.Tensors.Values.Where(entry => SavedName(entry.Name, config) is null))
        {
            var (module, isA) = Parse(file.Path, entry);
            var (a, b) = pairs.GetValueOrDefault(module);
            pairs[module] = isA ? (entry, b) : (a, entry);
        }
        if (pairs.Count == 0)
            throw new CheckpointException($"{file.Path}: holds no tensor, expected LoRA factors. Export the adapter again.");
        foreach (var (module, (a, b)) in pairs) Check(file.Path, config, module, a, b);
        config.CheckPatterns(file.Path, pairs.Keys);

        using var scope = NewDisposeScope();
        var modules = pairs.ToDictionary(pair => pair.Key, pair => new PeftModule(
            pair.Key,
            file.ReadFinite(pair.Value.A!.Name, ScalarType.Float32),
            file.ReadFinite(pair.Value.B!.Name, ScalarType.Float32),
            config.ScaleOf(pair.Key)));
        foreach (var module in modules.Values)
        {
            module.A.DetachFromDisposeScope();
            module.B.DetachFromDisposeScope();
        }
        return modules;
    }

    /// <summary>Values of modules that trained in full, by their names in the model; as <see cref="Read"/> owned by the caller.</summary>
    /// <exception cref="CheckpointException">One is not finite.</exception>
    public static IReadOnlyDictionary<string, Tensor> ReadSaved(SafetensorsFile file, PeftConfig config)
    {
        using var scope = NewDisposeScope();
        var saved = file.Tensors.Keys.Where(name => SavedName(name, config) is not null)
            .ToDictionary(name => SavedName(name, config)!, name => file.ReadFinite(name, ScalarType.Float32));
        foreach (var value in saved.Values) value.DetachFromDisposeScope();
        return saved;
    }

    private static string? SavedName(string name, PeftConfig config) =>
        config.SavedModules.Any(module => name.StartsWith($"{Prefix}{module}.", StringComparison.Ordinal)) && !FactorName.IsMatch(name)
            ? name[Prefix.Length..]
            : null;

    private static (string Module, bool IsA) Parse(string path, TensorEntry entry)
    {
        if (FactorName.Match(entry.Name) is { Success: true } match)
            return (match.Groups["module"].Value, match.Groups["side"].Value == "A");
        throw new CheckpointException($"{path}: tensor '{entry.Name}' is no factor of a plain LoRA, expected "
            + $"'{Prefix}<module>.lora_A.weight' or '….lora_B.weight'. Adapters with other tensors are not read: merge it with PEFT.");
    }

    private static void Check(string path, PeftConfig config, string module, TensorEntry? a, TensorEntry? b)
    {
        if (a is null || b is null)
        {
            throw new CheckpointException($"{path}: module '{module}' has no lora_{(a is null ? "A" : "B")}.weight, expected both factors. "
                + "The file is incomplete: export the adapter again.");
        }
        var rank = config.RankOf(module);
        if (a.Shape.Count != 2 || b.Shape.Count != 2 || a.Shape[0] != rank || b.Shape[1] != rank)
        {
            throw new CheckpointException($"{path}: module '{module}' has lora_A {a.Shape} and lora_B {b.Shape}, expected [{rank}, in] and "
                + $"[out, {rank}], as {AdapterFiles.PeftConfig} gives it the rank {rank}. The two files are not from one adapter.");
        }
        if (!QuantisedWeights.IsFloat(a.Dtype) || !QuantisedWeights.IsFloat(b.Dtype))
            throw new CheckpointException($"{path}: module '{module}' is stored as {a.Description}, expected floating point numbers.");
        if (a.Shape[1] is < 1 or > int.MaxValue || b.Shape[0] is < 1 or > int.MaxValue)
            throw new CheckpointException($"{path}: module '{module}' has lora_A {a.Shape} and lora_B {b.Shape}; no side may be empty.");
        if (config.Targets.Contains(module)) return;
        throw new CheckpointException($"{path}: holds module '{module}', which target_modules, layers_to_transform and exclude_modules of "
            + $"{AdapterFiles.PeftConfig} leave out; PEFT would pass it over. The two files are not from one adapter.");
    }
}
