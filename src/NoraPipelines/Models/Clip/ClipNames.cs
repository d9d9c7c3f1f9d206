namespace NoraPipelines.Models.Clip;

/// <summary>Hugging Face's names of the tensors outside the layers (modeling_clip.py; pre_layrnorm is its spelling).</summary>
internal static class ClipNames
{
    public const string Class = "vision_model.embeddings.class_embedding";
    public const string Patches = "vision_model.embeddings.patch_embedding.weight";
    public const string VisionPositions = "vision_model.embeddings.position_embedding.weight";
    public const string NormBefore = "vision_model.pre_layrnorm";
    public const string VisionNorm = "vision_model.post_layernorm";
    public const string VisionProjection = "visual_projection.weight";
    public const string Words = "text_model.embeddings.token_embedding.weight";
    public const string TextPositions = "text_model.embeddings.position_embedding.weight";
    public const string TextNorm = "text_model.final_layer_norm";
    public const string TextProjection = "text_projection.weight";
    public const string LogitScale = "logit_scale";
}
