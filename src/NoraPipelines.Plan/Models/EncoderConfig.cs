namespace NoraPipelines.Plans;

/// <summary>
/// config.json of a roberta checkpoint → <see cref="EncoderShape"/>. Keys that are missing get the value of configuration_roberta.py
/// (rows of positions and token types: of the published models); sizes are never guessed.
/// </summary>
internal static class EncoderConfig
{
    public static EncoderShape? Read(ConfigReader reader)
    {
        RefuseWhatTheModelLacks(reader);
        var hiddenDropout = Share(reader, "hidden_dropout_prob", 0.1);
        var shape = new EncoderShape
        {
            Architecture = Architecture.Roberta,
            VocabularySize = reader.Size("vocab_size"),
            HiddenSize = reader.Size("hidden_size"),
            FeedForwardSize = reader.Size("intermediate_size"),
            LayerCount = reader.Size("num_hidden_layers"),
            HeadCount = reader.Size("num_attention_heads"),
            PositionRows = reader.Size("max_position_embeddings", 514),
            PaddingId = reader.Count("pad_token_id", 1),
            TokenTypes = reader.Size("type_vocab_size", 1),
            NormEpsilon = reader.Positive("layer_norm_eps", 1e-5),
            Activation = ActivationConfig.Read(reader, "hidden_act", GateActivation.Gelu),
            HiddenDropout = hiddenDropout,
            AttentionDropout = Share(reader, "attention_probs_dropout_prob", 0.1),
            HeadDropout = Share(reader, "classifier_dropout", hiddenDropout),
        };
        if (reader.Problems.Count > 0) return null;
        if (shape.HiddenSize % shape.HeadCount != 0)
            reader.Problems.Add($"hidden_size {shape.HiddenSize} is not a multiple of num_attention_heads {shape.HeadCount}");
        if (shape.MaxTokens < 1)
            reader.Problems.Add($"max_position_embeddings {shape.PositionRows} leaves no position beyond pad_token_id {shape.PaddingId}");
        return reader.Problems.Count == 0 ? shape : null;
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
