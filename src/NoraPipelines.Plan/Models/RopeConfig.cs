namespace NoraPipelines.Plans;

/// <summary>config.json's rope_scaling (or, from transformers 5 on, rope_parameters): none, or the kind "llama3".</summary>
internal static class RopeConfig
{
    public static RopeScaling? Read(ConfigReader config)
    {
        if ((config.Section("rope_parameters") ?? config.Section("rope_scaling")) is not { } rope) return null;
        switch (rope.Text("rope_type") ?? rope.Text("type"))
        {
            case null or "default":
                return null;
            case "llama3":
                return new RopeScaling(
                    Required(rope, "factor"),
                    Required(rope, "low_freq_factor"),
                    Required(rope, "high_freq_factor"),
                    rope.Size("original_max_position_embeddings"));
            case var other:
                rope.Problems.Add($"rope_scaling has the kind '{other}'; supported are none and llama3");
                return null;
        }
    }

    private static double Required(ConfigReader rope, string key)
    {
        if (!rope.Has(key)) rope.Problems.Add($"rope_scaling.{key} is missing; the kind llama3 needs it");
        return rope.Positive(key, 1);
    }
}
