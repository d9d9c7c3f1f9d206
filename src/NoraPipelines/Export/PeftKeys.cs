namespace NoraPipelines.Export;

/// <summary>How adapter_config.json of a form is read. Its keys are a closed set: one that is not <see cref="Known"/> must be off.</summary>
/// <param name="Type">peft_type.</param>
internal sealed record PeftKeys(string Type)
{
    /// <summary>The newest PEFT whose keys are known.</summary>
    public const string NewestVersion = "0.18";

    // Read for every form, or without a meaning for what a trained adapter does.
    private static readonly string[] Common =
    [
        "auto_mapping", "base_model_name_or_path", "bias", "exclude_modules", "fan_in_fan_out", "inference_mode", "layers_pattern",
        "layers_to_transform", "modules_to_save", "peft_type", "peft_version", "r", "revision", "runtime_config", "target_modules", "task_type",
    ];

    /// <summary>
    /// Beside <see cref="Common"/>, the keys of LoraConfig that are read, and those that had a meaning while the adapter trained, for its start
    /// or for layers that are no nn.Linear (peft/tuners/lora/config.py, and ms-swift's own).
    /// </summary>
    public static IReadOnlyList<string> OfLora { get; } =
    [
        "alpha_pattern", "corda_config", "ensure_weight_tying", "eva_config", "init_lora_weights", "loftq_config", "lora_alpha", "lora_dropout",
        "lora_dtype", "lora_ga_config", "lorap_emb_lr", "lorap_lr_ratio", "megatron_config", "megatron_core", "merge_weights",
        "qalora_group_size", "rank_pattern", "use_rslora",
    ];

    /// <summary>Those of a plain LoRA.</summary>
    public static PeftKeys Lora { get; } = new("LORA");

    /// <summary>Null: the form has no alpha.</summary>
    public string? Alpha { get; init; } = "lora_alpha";

    /// <summary>Null: the form has no dropout on the inputs.</summary>
    public string? Dropout { get; init; } = "lora_dropout";

    /// <summary>The option that tells the form from others of its type, and must be on; null: there is none.</summary>
    public string? Option { get; init; }

    /// <summary>Another option that must be on, and the end of the message where it is not.</summary>
    public (string Key, string Expected)? Required { get; init; }

    /// <summary>Alpha acts only where this key is there, whatever its value; null: always.</summary>
    public string? ScaledSince { get; init; }

    /// <summary>The form's keys beside those that every form has, whether they are read or mean nothing for a trained adapter.</summary>
    public IReadOnlyList<string> Own { get; init; } = OfLora;

    /// <summary>Whether a key may be on.</summary>
    public bool Known(string key) => Common.Contains(key) || Own.Contains(key) || key == Option;
}
