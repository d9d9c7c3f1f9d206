namespace NoraPipelines.Plans;

/// <summary>config.json of an encoder's checkpoint → its shape. Sizes are never guessed; other keys have the family's usual value.</summary>
internal static class EncoderConfig
{
    /// <summary>Null where the reader has found a problem.</summary>
    /// <param name="usual">What holds where a key is missing.</param>
    public static T? Read<T>(ConfigReader reader, T usual) where T : EncoderShape
    {
        RefuseWhatTheModelLacks(reader);
        var hiddenDropout = Share(reader, "hidden_dropout_prob", usual.HiddenDropout);
        EncoderShape family = usual;
        var shape = family with
        {
            VocabularySize = reader.Size("vocab_size"),
            HiddenSize = reader.Size("hidden_size"),
            FeedForwardSize = reader.Size("intermediate_size"),
            LayerCount = reader.Layers(),
            HeadCount = reader.Size("num_attention_heads"),
            PositionRows = reader.Size("max_position_embeddings", usual.PositionRows),
            TokenTypes = reader.Size("type_vocab_size", usual.TokenTypes),
            NormEpsilon = reader.Positive("layer_norm_eps", usual.NormEpsilon),
            Activation = ActivationConfig.Read(reader, "hidden_act", usual.Activation),
            HiddenDropout = hiddenDropout,
            AttentionDropout = Share(reader, "attention_probs_dropout_prob", usual.AttentionDropout),
            HeadDropout = Share(reader, "classifier_dropout", hiddenDropout),
        };
        shape = shape.Adopt(reader);
        if (reader.Problems.Count > 0) return null;
        if (shape.HiddenSize % shape.HeadCount != 0)
            reader.Problems.Add($"hidden_size {shape.HiddenSize} is not a multiple of num_attention_heads {shape.HeadCount}");
        return (T)shape;
    }

    private static double Share(ConfigReader reader, string key, double fallback)
    {
        var share = reader.NotNegative(key, fallback);
        if (share < 1) return share;
        reader.Problems.Add($"{key} is {share}; expected a number from 0 to below 1");
        return fallback;
    }

    private static void RefuseWhatTheModelLacks(ConfigReader reader)
    {
        if (reader.Text("position_embedding_type") is { } positions and not "absolute")
            reader.Problems.Add($"position_embedding_type is '{positions}'; expected absolute");
        if (reader.Switch("is_decoder", false)) reader.Problems.Add("is_decoder is true; only encoders classify");
        if (reader.Switch("add_cross_attention", false)) reader.Problems.Add("add_cross_attention is true; expected an encoder alone");
    }
}
