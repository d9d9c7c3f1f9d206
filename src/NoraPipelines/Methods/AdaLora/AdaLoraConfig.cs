using System.Text.Json;
using NoraPipelines.Checkpoints;
using NoraPipelines.Disk;
using NoraPipelines.Export;

namespace NoraPipelines.Methods;

/// <summary>What adapter_config.json of an AdaLoRA says (peft/tuners/adalora/config.py).</summary>
/// <param name="InitialRank">init_r: the r of the scale.</param>
/// <param name="Kept">rank_pattern by module: which triples of the start were kept; null where no rank was dropped.</param>
internal sealed record AdaLoraConfig(int InitialRank, double Alpha, double Dropout, IReadOnlyDictionary<string, bool[]>? Kept)
{
    private const int LargestRank = 1 << 20;
    private const string Suffix = ".lora_E";

    // r, rsLoRA, alpha_pattern and starts have no effect in PEFT's AdaLoRA (peft/tuners/adalora/model.py).
    private static readonly PeftKeys Keys = new(AdaLoraPeftForm.Type)
    {
        Own = [.. PeftKeys.OfLora, "beta1", "beta2", "deltaT", "init_r", "orth_reg_weight", "target_r", "tfinal", "tinit", "total_step"],
    };

    /// <summary>target_modules and what narrows them.</summary>
    public required PeftTargets Targets { get; init; }

    /// <summary>Triples that a module's tensors hold.</summary>
    /// <exception cref="CheckpointException">rank_pattern has no such module.</exception>
    public int RankOf(string module, string path) => Kept is null ? InitialRank
        : Kept.TryGetValue(module, out var kept) ? kept.Count(one => one)
        : throw new CheckpointException($"{path}: holds module '{module}', which rank_pattern of {AdapterFiles.PeftConfig} leaves out. The two files are "
            + "not from one adapter.");

    /// <exception cref="CheckpointException">A key is missing or has a value that cannot be used.</exception>
    public static AdaLoraConfig Read(string path)
    {
        var json = JsonFile.Read(path);
        var targets = PeftConfigReader.TargetsOf(path, Keys);
        var rank = Number("init_r", value => value.TryGetInt32(out var whole) && whole is > 0 and <= LargestRank ? whole : null, $"a whole number from 1 to {LargestRank}");
        var alpha = Number("lora_alpha", value => value.GetDouble() is > 0 and var number && double.IsFinite(number) ? number : null, "a number above 0");
        var dropout = json.TryGetProperty("lora_dropout", out _)
            ? Number("lora_dropout", value => value.GetDouble() is >= 0 and < 1 and var number ? number : null, "a number from 0 to below 1")
            : 0;
        return new AdaLoraConfig((int)rank, alpha, dropout, Pattern((int)rank)) { Targets = targets };

        double Number(string key, Func<JsonElement, double?> read, string expected) =>
            json.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number && read(value) is { } number ? number : throw Wrong(key, expected);

        Dictionary<string, bool[]>? Pattern(int rank)
        {
            if (!json.TryGetProperty("rank_pattern", out var pattern) || pattern.ValueKind == JsonValueKind.Null) return null;
            if (pattern.ValueKind != JsonValueKind.Object) throw Wrong("rank_pattern", "an object from lora_E to true and false");
            var kept = new Dictionary<string, bool[]>(StringComparer.Ordinal);
            foreach (var entry in pattern.EnumerateObject())
            {
                // Files of PEFT that were saved from a training have the adapter's name at the end.
                var name = entry.Name.EndsWith(".default", StringComparison.Ordinal) ? entry.Name[..^".default".Length] : entry.Name;
                if (!name.EndsWith(Suffix, StringComparison.Ordinal) || entry.Value.ValueKind != JsonValueKind.Array || entry.Value.GetArrayLength() != rank
                    || entry.Value.EnumerateArray().Any(one => one.ValueKind is not (JsonValueKind.True or JsonValueKind.False)))
                {
                    throw Wrong("rank_pattern", $"{rank} times true or false for each '<module>{Suffix}', but not so at '{entry.Name}'");
                }
                kept[name[..^Suffix.Length]] = [.. entry.Value.EnumerateArray().Select(one => one.GetBoolean())];
            }
            return kept.Count == 0 ? null : kept;
        }

        CheckpointException Wrong(string key, string expected)
        {
            var text = json.TryGetProperty(key, out var value) ? JsonText.Shown(value) : "nothing";
            return new CheckpointException($"{path}: '{key}' is {(text.Length > 80 ? text[..80] + "…" : text)}, expected {expected}.");
        }
    }
}
