namespace NoraPipelines.Plans;

/// <summary>What must hold between the numbers of a decoder.</summary>
internal static class DecoderRules
{
    public static IEnumerable<string> Problems(DecoderShape shape)
    {
        if (shape.HeadCount % shape.KeyValueHeadCount != 0)
            yield return $"num_attention_heads {shape.HeadCount} is not a multiple of num_key_value_heads {shape.KeyValueHeadCount}; "
                + "every key-value head serves the same number of heads";
        if (shape.HeadSize % 2 != 0)
            yield return $"head_dim is {shape.HeadSize}; rotary positions need an even number";
        if (shape.RopeScaling is RopeScaling.Dynamic && shape.HeadSize == 2)
            yield return "head_dim is 2; positions of the kind dynamic need more";
        if (shape.RopeScaling is RopeScaling.Llama3 rope && rope.HighFrequencyFactor <= rope.LowFrequencyFactor)
            yield return $"rope_scaling.high_freq_factor {rope.HighFrequencyFactor:R} must be above low_freq_factor "
                + $"{rope.LowFrequencyFactor:R}";
    }
}
