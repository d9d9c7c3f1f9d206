namespace NoraPipelines.Plans;

/// <summary>Which projections of the attention have a bias.</summary>
public enum AttentionBias
{
    None,

    /// <summary>Qwen2: q, k and v.</summary>
    QueryKeyValue,

    /// <summary>attention_bias of Llama, Gemma and Qwen3: q, k, v and o.</summary>
    All,
}
