namespace NoraPipelines.Plans;

/// <summary>config.json's rope_scaling (or, from transformers 5 on, rope_parameters): none, or the kinds linear and llama3.
/// "dynamic" changes nothing for texts up to max_position_embeddings (modeling_rope_utils.py), and longer ones are refused.</summary>
internal static class RopeConfig
{
    public static RopeScaling? Read(ConfigReader config)
    {
        if ((config.Section("rope_parameters") ?? config.Section("rope_scaling")) is not { } rope) return null;
        switch (rope.Text("rope_type") ?? rope.Text("type"))
        {
            case null or "default":
            case "dynamic" when !rope.Has("original_max_position_embeddings"):
                return null;
            case "linear":
                return new RopeScaling.Linear(Required(rope, "factor", "linear"));
            case "llama3":
                return new RopeScaling.Llama3(
                    Required(rope, "factor"),
                    Required(rope, "low_freq_factor"),
                    Required(rope, "high_freq_factor"),
                    rope.Size("original_max_position_embeddings"));
            case var other:
                rope.Problems.Add($"rope_scaling has the kind '{other}'; supported are none, linear, dynamic and llama3");
                return null;
        }
    }

    private static double Required(ConfigReader rope, string key, string kind = "llama3")
    {
        if (!rope.Has(key)) rope.Problems.Add($"rope_scaling.{key} is missing; the kind {kind} needs it");
        return rope.Positive(key, 1);
    }
}
