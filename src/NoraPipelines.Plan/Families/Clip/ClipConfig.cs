namespace NoraPipelines.Plans;

/// <summary>
/// config.json of a CLIPModel → its shape. transformers writes what differs from its defaults alone, so a missing key has the value of
/// configuration_clip.py; where text_config_dict and vision_config_dict are there, they win as they do there.
/// </summary>
internal static class ClipConfig
{
    // What hub files from before transformers 4.31 have as eos_token_id, whatever the vocabulary: it meant the highest id of a row.
    private const int OldEndToken = 2;

    /// <summary>Null where the reader has found a problem.</summary>
    public static ClipShape? Read(ConfigReader reader)
    {
        var (vision, text) = (reader.Section("vision_config", over: "vision_config_dict"), reader.Section("text_config", over: "text_config_dict"));
        var (image, patch) = (vision.Size("image_size", 224), vision.Size("patch_size", 32));
        if (vision.Size("num_channels", 3) is not 3 and var channels)
            reader.Problems.Add($"{vision.PathOf("num_channels")} is {channels}; expected 3, red, green and blue");
        if (patch > image || (long)(image / patch) * (image / patch) >= ConfigReader.LargestSize)
        {
            reader.Problems.Add($"{vision.PathOf("patch_size")} is {patch} and {vision.PathOf("image_size")} {image}; expected 1 to {ConfigReader.LargestSize - 1} "
                + "patches in a picture");
            return null;
        }
        var vocabulary = text.Size("vocab_size", 49408);
        var shape = new ClipShape
        {
            Architecture = Architecture.Clip,
            Vision = Tower(vision, new ClipTowerShape(768, 3072, 12, 12, ClipShape.VisionPositions(image, patch))),
            Text = Tower(text, new ClipTowerShape(512, 2048, 12, 8, text.Size("max_position_embeddings", 77))),
            ImageSize = image,
            PatchSize = patch,
            VocabularySize = vocabulary,
            EmbeddingSize = reader.Size("projection_dim", 512),
            EndToken = EndToken(text, vocabulary),
        };
        return reader.Problems.Count > 0 ? null : shape;
    }

    /// <param name="usual">What holds where a key is missing.</param>
    private static ClipTowerShape Tower(ConfigReader reader, ClipTowerShape usual)
    {
        var shape = usual with
        {
            HiddenSize = reader.Size("hidden_size", usual.HiddenSize),
            FeedForwardSize = reader.Size("intermediate_size", usual.FeedForwardSize),
            LayerCount = reader.Layers(usual.LayerCount),
            HeadCount = reader.Size("num_attention_heads", usual.HeadCount),
            Activation = ActivationConfig.Read(reader, "hidden_act", usual.Activation),
            NormEpsilon = reader.Positive("layer_norm_eps", usual.NormEpsilon),
        };
        if (shape.HiddenSize % shape.HeadCount == 0) return shape;
        reader.Problems.Add($"{reader.PathOf("hidden_size")} {shape.HiddenSize} is not a multiple of num_attention_heads {shape.HeadCount}");
        return shape;
    }

    /// <summary>Null for the last token of the vocabulary: it is the highest id wherever it stands.</summary>
    private static int? EndToken(ConfigReader text, int vocabulary)
    {
        var token = text.Count("eos_token_id", vocabulary - 1);
        if (token == OldEndToken || token == vocabulary - 1) return null;
        if (token >= vocabulary) text.Problems.Add($"{text.PathOf("eos_token_id")} is {token}; expected an id below vocab_size {vocabulary}");
        return token;
    }
}
