namespace NoraPipelines.Plans;

/// <summary>A config.json that was read: the shape, or what is wrong with it.</summary>
/// <param name="Shape">Null where there are problems.</param>
/// <param name="Problems">One sentence each: the key, what was found, what is expected.</param>
public sealed record ModelReading(ModelShape? Shape, EquatableArray<string> Problems);

/// <summary>Hugging Face's config.json → the shape of its family.</summary>
public static class ModelConfig
{
    /// <summary>Architectures whose config.json can be read, for sentences.</summary>
    public static string Readable { get; } = Listing.Or(ModelFamilies.Served.Select(Words.Of));

    /// <summary>Never throws.</summary>
    /// <param name="config">
    /// The JSON object: values are string, bool, long, double, null, IReadOnlyDictionary&lt;string, object?&gt; and lists of these.
    /// </param>
    public static ModelReading Read(IReadOnlyDictionary<string, object?> config)
    {
        var reader = new ConfigReader(config);
        var shape = ArchitectureOf(reader) is { } architecture ? ModelFamilies.Of(architecture).Read(reader, architecture) : null;
        if (reader.Section("quantization_config") is { } quantization)
            reader.Problems.Add($"quantization_config is set (quant_method '{quantization.Text("quant_method") ?? "unknown"}'); "
                + "quantised weights are not supported, use a float32, float16 or bfloat16 checkpoint");
        return new ModelReading(reader.Problems.Count == 0 ? shape : null, reader.Problems.ToEquatableArray());
    }

    private static Architecture? ArchitectureOf(ConfigReader reader)
    {
        var type = reader.Text("model_type");
        if (type is null && reader.Texts("architectures").FirstOrDefault() is { } name) type = Family(name);
        foreach (var architecture in ModelFamilies.Served)
            if (Words.Of(architecture) == type) return architecture;
        if (type is not null) reader.Problems.Add($"model_type is '{type}'; the models that can be read are {Readable}");
        else if (reader.Problems.Count == 0) reader.Problems.Add($"model_type is missing; expected {Readable}");
        return null;
    }

    /// <summary>LlamaForCausalLM, BertModel → llama, bert.</summary>
    private static string Family(string name)
    {
        var end = name.IndexOf("For", StringComparison.Ordinal);
        if (end < 0) end = name.EndsWith("Model", StringComparison.Ordinal) ? name.Length - "Model".Length : name.Length;
        return name.Substring(0, end).ToLowerInvariant();
    }
}
