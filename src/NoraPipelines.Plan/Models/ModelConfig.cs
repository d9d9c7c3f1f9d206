namespace NoraPipelines.Plans;

/// <summary>A config.json of any family that was read: the shape, or what is wrong with it.</summary>
/// <param name="Shape">Null where there are problems.</param>
/// <param name="Problems">One sentence each: the key, what was found, what is expected.</param>
public sealed record ModelReading(ModelShape? Shape, EquatableArray<string> Problems);

/// <summary>Hugging Face's config.json → the shape of its family.</summary>
public static class ModelConfig
{
    /// <summary>Never throws.</summary>
    /// <param name="config">As for <see cref="DecoderShape.FromConfig"/>.</param>
    public static ModelReading Read(IReadOnlyDictionary<string, object?> config)
    {
        if (!IsEncoder(config))
        {
            var decoder = DecoderShape.FromConfig(config);
            return new ModelReading(decoder.Shape, decoder.Problems);
        }
        var reader = new ConfigReader(config);
        var shape = EncoderConfig.Read(reader);
        return new ModelReading(shape, reader.Problems.ToEquatableArray());
    }

    private static bool IsEncoder(IReadOnlyDictionary<string, object?> config) => config.TryGetValue("model_type", out var type)
        ? type is "roberta"
        : config.TryGetValue("architectures", out var names) && names is IEnumerable<object?> list
            && list.OfType<string>().FirstOrDefault()?.StartsWith("Roberta", StringComparison.Ordinal) == true;
}
