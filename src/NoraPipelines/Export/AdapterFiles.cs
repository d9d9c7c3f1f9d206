namespace NoraPipelines.Export;

/// <summary>The file names of adapter folders, as PEFT and vLLM look for them, and ours for nested factors.</summary>
internal static class AdapterFiles
{
    public const string PeftConfig = "adapter_config.json";
    public const string PeftWeights = "adapter_model.safetensors";
    public const string PeftPickle = "adapter_model.bin";
    public const string NestedDescription = "nested.json";
    public const string Outer = "outer.safetensors";
    public const string Modules = "modules.safetensors";
    public const string Inner = "inner.safetensors";

    /// <summary>transformers and PEFT refuse a safetensors file without it.</summary>
    public static readonly IReadOnlyDictionary<string, string> Metadata = new Dictionary<string, string> { ["format"] = "pt" };
}
