using System.Text.Json;
using NoraPipelines.Checkpoints;
using NoraPipelines.Disk;
using NoraPipelines.Methods;

namespace NoraPipelines.Export;

/// <summary>Reads adapter_config.json, refusing what is not a plain LoRA.</summary>
internal sealed class PeftConfigReader
{
    // PEFT adds both to every adapter of task_type SEQ_CLS (peft/peft_model.py), whichever the model has.
    private static readonly string[] Heads = ["classifier", "score"];

    private const int LargestRank = 1 << 20;

    // Starts that change the base model's weights when PEFT loads the adapter (peft/tuners/lora/layer.py).
    private static readonly string[] ChangingStarts = ["pissa", "olora", "corda", "loftq", "lora_ga"];

    private static readonly string[] HarmlessStarts = ["gaussian", "eva", "orthogonal", "lycoris"];

    private static readonly string[] Biases = ["none", "all", "lora_only"];

    // Options whose presence makes the adapter another function than scale·B·A beside the frozen model.
    private static readonly string[] MustBeOff =
    [
        "use_dora", "lora_bias", "layer_replication", "trainable_token_indices", "target_parameters", "alora_invocation_tokens", "use_qalora",
        "arrow_config", "use_bdlora", "kasa_config", "monteclora_config",
    ];

    private readonly string _path;
    private readonly JsonElement _config;

    private PeftConfigReader(string path) => (_path, _config) = (path, JsonFile.Read(path));

    /// <summary>The config of a plain LoRA.</summary>
    /// <exception cref="CheckpointException">The file is missing, malformed, or not of a plain LoRA.</exception>
    public static PeftConfig Read(string path)
    {
        var reader = new PeftConfigReader(path);
        reader.RefuseOtherFunctions(PeftKeys.Lora);
        return reader.Config(PeftKeys.Lora);
    }

    /// <summary>The config of a form of a method's own, with the form.</summary>
    /// <exception cref="CheckpointException">The file is missing or malformed, or of another form.</exception>
    public static (PeftConfig Config, PeftTensorForm Form) ReadOwn(string path)
    {
        var reader = new PeftConfigReader(path);
        if (PeftForm.Of(reader._config) is not PeftTensorForm form)
        {
            throw new CheckpointException($"{path}: is of {(PeftForm.Of(reader._config) is { } other ? other.Method : "a plain LoRA")}, expected one of "
                + $"{string.Join(", ", AdapterMethods.All.Where(method => method.PeftForm is PeftTensorForm).Select(method => method.Name))}.");
        }
        reader.RefuseOtherFunctions(form.Keys);
        return (reader.Config(form.Keys), form);
    }

    private PeftConfig Config(PeftKeys keys)
    {
        return new PeftConfig
        {
            Rank = Rank(Required("r"), "r"),
            Alpha = keys.Alpha is { } alpha ? Alpha(Required(alpha), alpha) : 0,
            IsScaled = keys.ScaledSince is not { } since || _config.TryGetProperty(since, out _),
            UseRsLora = IsOn("use_rslora"),
            Dropout = keys.Dropout is { } dropout ? Dropout(dropout) : 0,
            BaseModel = Value("base_model_name_or_path") is { ValueKind: JsonValueKind.String } name ? name.GetString() : null,
            Ranks = Pattern("rank_pattern", Rank),
            Alphas = Pattern("alpha_pattern", Alpha),
            SavedModules = SavedModules(),
            Targets = Targets(),
        };
    }

    /// <summary>Which modules a config means whose other values its method reads itself, once what no form allows is refused.</summary>
    /// <exception cref="CheckpointException">The file is missing or malformed, of another function, or has no target_modules.</exception>
    public static PeftTargets TargetsOf(string path, PeftKeys keys)
    {
        var reader = new PeftConfigReader(path);
        reader.RefuseOtherFunctions(keys);
        return reader.Targets();
    }

    private void RefuseOtherFunctions(PeftKeys keys)
    {
        if (Required("peft_type") is not { ValueKind: JsonValueKind.String } type || type.GetString() != keys.Type)
            throw Wrong("peft_type", "\"LORA\": only plain LoRA adapters are read");
        if (keys.Required is { } required && !IsOn(required.Key)) throw Wrong(required.Key, required.Expected);
        if (Value("bias") is { } bias && (bias.ValueKind != JsonValueKind.String || !Biases.Contains(bias.GetString())))
            throw Wrong("bias", $"one of {string.Join(", ", Biases)}");
        foreach (var key in MustBeOff.Where(key => key != keys.Option))
            if (IsOn(key)) throw Wrong(key, "none: only plain LoRA adapters are read. Merge the adapter where it was trained, with PEFT");
        foreach (var key in (string[])["init_lora_weights", "init_weights"]) RefuseStart(key);
        foreach (var key in _config.EnumerateObject().Select(property => property.Name).Where(key => !keys.Known(key) && IsOn(key)))
        {
            throw Wrong(key, $"nothing: no key of this name is known for peft_type {keys.Type} (PEFT up to {PeftKeys.NewestVersion}), so what it does "
                + "to the adapter is not known either. Merge the adapter where it was trained, or take the key away if it changes nothing");
        }
    }

    private void RefuseStart(string key)
    {
        if (Value(key) is not { ValueKind: JsonValueKind.String } value) return;
        var start = value.GetString()!;
        if (ChangingStarts.Any(name => start.StartsWith(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw Wrong(key, "a start that leaves the base model's weights as they are. Save the adapter again with "
                + "path_initial_model_for_weight_conversion, which turns it into a plain LoRA");
        }
        if (!HarmlessStarts.Contains(start, StringComparer.OrdinalIgnoreCase))
            throw Wrong(key, $"true, false or one of {string.Join(", ", HarmlessStarts)}: other starts may change the base model's weights");
    }

    private string[] SavedModules()
    {
        if (!IsOn("modules_to_save")) return [];
        const string Expected = "none, or the head of a classifier: only plain LoRA adapters are read. Merge the adapter where it was trained, with PEFT";
        var value = Value("modules_to_save")!.Value;
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(name => name.ValueKind != JsonValueKind.String))
            throw Wrong("modules_to_save", Expected);
        string[] names = [.. value.EnumerateArray().Select(name => name.GetString()!)];
        return names.All(Heads.Contains) ? names : throw Wrong("modules_to_save", Expected);
    }

    private int Rank(JsonElement value, string key) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var rank) && rank is > 0 and <= LargestRank
            ? rank
            : throw Wrong(key, $"a whole number from 1 to {LargestRank}", value);

    private double Alpha(JsonElement value, string key) =>
        value.ValueKind == JsonValueKind.Number && value.GetDouble() is var alpha && double.IsFinite(alpha)
            ? alpha
            : throw Wrong(key, "a number", value);

    private double Dropout(string key)
    {
        if (Value(key) is not { } value) return 0;
        return value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and < 1 and var dropout
            ? dropout
            : throw Wrong(key, "a number from 0 to below 1");
    }

    private IReadOnlyList<(ModulePattern, T)> Pattern<T>(string key, Func<JsonElement, string, T> read)
    {
        if (Value(key) is not { } value) return [];
        if (value.ValueKind != JsonValueKind.Object) throw Wrong(key, "an object from module to number");
        return [.. value.EnumerateObject().Select(entry =>
            (new ModulePattern(_path, key, $@"(.*\.)?({entry.Name})", entry.Name), read(entry.Value, $"{key}.{entry.Name}")))];
    }

    /// <summary>A text is a pattern for the whole name, or all-linear; a list holds names or ends of names.</summary>
    private PeftTargets Targets()
    {
        var (pattern, names) = Modules("target_modules", Required("target_modules"));
        var (excludedPattern, excluded) = IsOn("exclude_modules") ? Modules("exclude_modules", Value("exclude_modules")!.Value) : (null, []);
        return new PeftTargets
        {
            AllLinear = Value("target_modules") is { ValueKind: JsonValueKind.String } text && text.GetString() is "all-linear",
            FansIn = IsOn("fan_in_fan_out"),
            Bias = Value("bias")?.GetString() ?? "none",
            Pattern = pattern,
            Names = names,
            ExcludedPattern = excludedPattern,
            Excluded = excluded,
            Layers = Layers(),
            LayerNumbers = LayerNumbers(),
        };
    }

    private (ModulePattern? Pattern, string[] Names) Modules(string key, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
            return (new ModulePattern(_path, key, value.GetString() is "all-linear" ? ".*" : value.GetString()!), []);
        return (null, Texts(key, value, "a list of names, or a text"));
    }

    private IReadOnlySet<int>? Layers()
    {
        if (!IsOn("layers_to_transform")) return null;
        var value = Value("layers_to_transform")!.Value;
        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        return items.Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var layer) && layer >= 0
            ? layer
            : throw Wrong("layers_to_transform", "a layer's number, or a list of them")).ToHashSet();
    }

    /// <summary>layers_pattern names the list that layers are counted in; without it any number between two dots counts.</summary>
    private ModulePattern[] LayerNumbers()
    {
        string[] names = Value("layers_pattern") is not { } value ? []
            : value.ValueKind == JsonValueKind.String ? [value.GetString()!] : Texts("layers_pattern", value, "a name, or a list of names");
        if (names.All(name => name.Length == 0)) names = ["[^.]*"];
        return [.. names.Select(name => new ModulePattern(_path, "layers_pattern", $@".*\.{name}\.(\d+)\..*"))];
    }

    private string[] Texts(string key, JsonElement value, string expected) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(name => name.GetString()!)]
            : throw Wrong(key, expected);

    private JsonElement? Value(string key) =>
        _config.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private JsonElement Required(string key) =>
        Value(key) ?? throw new CheckpointException($"{_path}: has no '{key}'; expected PEFT's config of a LoRA. Get the file again.");

    private bool IsOn(string key) => _config.TryGetProperty(key, out var value) && JsonFile.IsOn(value);

    private CheckpointException Wrong(string key, string expected, JsonElement? value = null)
    {
        return new CheckpointException($"{_path}: '{key}' is {JsonText.Shown(value ?? Value(key) ?? default)}, expected {expected}.");
    }
}
