namespace NoraPipelines.Plans;

/// <summary>The model families of the spec's `model.architecture`.</summary>
public enum Architecture
{
    Llama,
    Mistral,
    Gemma,
    Qwen2,
    Qwen3,
    Roberta,
    Bert,
    Clip,
    Sdxl,
}
