namespace NoraPipelines.Plans;

/// <summary>
/// config.json's rope_scaling (or, from transformers 5 on, rope_parameters): none, or the kinds linear, dynamic and llama3. "dynamic" lets
/// texts be longer than max_position_embeddings, by its factor; original_max_position_embeddings beside it counts for nothing, as in transformers.
/// </summary>
internal static class RopeConfig
{
    /// <summary>The shape with its stretch, and the positions that it gives.</summary>
    public static DecoderShape Apply(ConfigReader config, DecoderShape shape) => Read(config, shape.MaxPositions) switch
    {
        RopeScaling.Dynamic dynamic => shape with
        {
            RopeScaling = dynamic,
            MaxPositions = (int)Math.Min(dynamic.Factor * dynamic.OriginalMaxPositions, 1 << 24),
        },
        var scaling => shape with { RopeScaling = scaling },
    };

    private static RopeScaling? Read(ConfigReader config, int positions)
    {
        var key = config.Section("rope_parameters") is null ? "rope_scaling" : "rope_parameters";
        if (config.Section(key) is not { } rope) return null;
        switch (rope.Text("rope_type") ?? rope.Text("type"))
        {
            case null when rope.Keys.FirstOrDefault(name => name is not ("rope_type" or "type" or "rope_theta" or "partial_rotary_factor")) is { } other:
                rope.Problems.Add($"{key} has {other} and no rope_type, which says what it means; supported are default, linear, dynamic and llama3");
                return null;
            case null or "default":
                return null;
            case "dynamic": // original_max_position_embeddings has no effect in transformers
                return new RopeScaling.Dynamic(Math.Max(1, Required(rope, "factor", "dynamic")), positions);
            case "linear":
                return new RopeScaling.Linear(Required(rope, "factor", "linear"));
            case "llama3":
                return new RopeScaling.Llama3(
                    Required(rope, "factor"),
                    Required(rope, "low_freq_factor"),
                    Required(rope, "high_freq_factor"),
                    rope.Size("original_max_position_embeddings"));
            case var other:
                rope.Problems.Add($"rope_scaling has the kind '{other}'; supported are default, linear, dynamic and llama3");
                return null;
        }
    }

    private static double Required(ConfigReader rope, string key, string kind = "llama3")
    {
        if (!rope.Has(key)) rope.Problems.Add($"rope_scaling.{key} is missing; the kind {kind} needs it");
        return rope.Positive(key, 1);
    }
}
