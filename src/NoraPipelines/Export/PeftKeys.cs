namespace NoraPipelines.Export;

/// <summary>How adapter_config.json of a form is read.</summary>
/// <param name="Type">peft_type.</param>
internal sealed record PeftKeys(string Type)
{
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
}
