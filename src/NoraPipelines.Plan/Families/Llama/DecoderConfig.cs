namespace NoraPipelines.Plans;

/// <summary>
/// Hugging Face's config.json → <see cref="DecoderShape"/>. Keys that are missing get the value that transformers' configuration class
/// of the family gives them (configuration_llama.py, _mistral.py, _gemma.py, _qwen2.py, _qwen3.py); sizes are never guessed.
/// </summary>
internal static class DecoderConfig
{
    /// <summary>Null where the reader has found a problem.</summary>
    public static DecoderShape? Read(ConfigReader reader, Architecture family)
    {
        RefuseWhatTheModelsLack(reader, family);

        var hidden = reader.Size("hidden_size");
        var heads = reader.Size("num_attention_heads");
        var shape = new DecoderShape
        {
            Architecture = family,
            VocabularySize = reader.Size("vocab_size"),
            HiddenSize = hidden,
            FeedForwardSize = reader.Size("intermediate_size"),
            LayerCount = reader.Layers(),
            HeadCount = heads,
            KeyValueHeadCount = KeyValueHeads(reader, family, heads),
            HeadSize = HeadSize(reader, family, hidden, heads),
            MaxPositions = reader.Size("max_position_embeddings", family switch
            {
                Architecture.Mistral => 131072,
                Architecture.Gemma => 8192,
                Architecture.Qwen2 or Architecture.Qwen3 => 32768,
                _ => 2048,
            }),
            NormEpsilon = reader.Positive("rms_norm_eps", 1e-6),
            RopeTheta = RopeTheta(reader),
            TiedEmbeddings = reader.Switch("tie_word_embeddings", family == Architecture.Gemma),
            Activation = Activation(reader, family),
            NormAddsOne = family == Architecture.Gemma,
            ScaledEmbeddings = family == Architecture.Gemma,
            AttentionBias = Bias(reader, family),
            // modeling_llama.py alone has the switch.
            FeedForwardBias = family == Architecture.Llama && reader.Switch("mlp_bias", false),
            HeadNorms = family == Architecture.Qwen3,
        };
        shape = WindowConfig.Apply(reader, RopeConfig.Apply(reader, shape));
        if (reader.Problems.Count == 0) reader.Problems.AddRange(DecoderRules.Problems(shape));
        return reader.Problems.Count == 0 ? shape : null;
    }

    private static int KeyValueHeads(ConfigReader reader, Architecture family, int heads)
    {
        if (reader.OptionalSize("num_key_value_heads") is { } given) return given;
        if (reader.Has("num_key_value_heads")) return heads;
        return family switch { Architecture.Mistral => 8, Architecture.Gemma => 16, Architecture.Qwen2 or Architecture.Qwen3 => 32, _ => heads };
    }

    private static int HeadSize(ConfigReader reader, Architecture family, int hidden, int heads)
    {
        if (reader.OptionalSize("head_dim") is { } given) return given;
        if (family == Architecture.Gemma) return 256;
        if (family == Architecture.Qwen3) return 128;
        // Sizes that were refused need no second word.
        if (hidden % heads == 0 || reader.Problems.Count > 0) return Math.Max(2, hidden / heads);
        reader.Problems.Add($"hidden_size {hidden} is not a multiple of num_attention_heads {heads}, and head_dim is missing; give "
            + "head_dim");
        return 2;
    }

    private static double RopeTheta(ConfigReader reader) =>
        reader.Section("rope_parameters") is { } parameters && parameters.Has("rope_theta")
            ? parameters.Positive("rope_theta", 10000)
            : reader.Positive("rope_theta", 10000);

    private static GateActivation Activation(ConfigReader reader, Architecture family)
    {
        // modeling_gemma.py reads hidden_activation alone; the hidden_act of the first Gemma files was wrong and is passed over.
        var key = family == Architecture.Gemma ? "hidden_activation" : "hidden_act";
        return ActivationConfig.Read(reader, key, family == Architecture.Gemma ? GateActivation.GeluTanh : GateActivation.Silu);
    }

    private static AttentionBias Bias(ConfigReader reader, Architecture family) => family switch
    {
        Architecture.Mistral => AttentionBias.None,
        Architecture.Qwen2 => AttentionBias.QueryKeyValue, // modeling_qwen2.py has no switch for it
        _ => reader.Switch("attention_bias", false) ? AttentionBias.All : AttentionBias.None,
    };

    private static void RefuseWhatTheModelsLack(ConfigReader reader, Architecture family)
    {
        foreach (var section in new[] { reader, reader.Section("rope_parameters") })
        {
            if (section is not null && section.Positive("partial_rotary_factor", 1) is not 1.0 and var share)
                reader.Problems.Add($"partial_rotary_factor is {share:R}; partial rotary embeddings are not supported");
        }
        if (family == Architecture.Mistral && reader.Switch("attention_bias", false))
            reader.Problems.Add("attention_bias is true; Mistral's projections have no bias");
    }
}
