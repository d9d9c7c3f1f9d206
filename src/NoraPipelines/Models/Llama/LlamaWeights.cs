using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Llama;

/// <summary>The names and shapes of a decoder's tensors in Hugging Face's files, and where a model under construction gets them.</summary>
internal sealed class LlamaWeights(DecoderShape shape, Func<string, long[], Tensor> read)
{
    /// <summary>What a file of the decoder alone, saved without its head, leaves out of every name.</summary>
    public const string Prefix = "model.";

    public const string Embeddings = "model.embed_tokens.weight";
    public const string Head = "lm_head.weight";
    public const string FinalNorm = "model.norm";

    /// <summary>Every tensor that a model of this shape is made of; a tied head is not among them.</summary>
    public static IReadOnlyDictionary<string, long[]> Expected(DecoderShape shape)
    {
        var expected = new Dictionary<string, long[]> { [Embeddings] = [shape.VocabularySize, shape.HiddenSize] };
        for (var layer = 0; layer < shape.LayerCount; layer++)
        {
            expected[$"model.layers.{layer}.input_layernorm.weight"] = [shape.HiddenSize];
            expected[$"model.layers.{layer}.post_attention_layernorm.weight"] = [shape.HiddenSize];
            foreach (var (name, size) in shape.Projections.SelectMany(projection => LinearProjection.Expected(projection, layer)))
                expected[name] = size;
            if (!shape.HeadNorms) continue;
            expected[$"model.layers.{layer}.self_attn.q_norm.weight"] = [shape.HeadSize];
            expected[$"model.layers.{layer}.self_attn.k_norm.weight"] = [shape.HeadSize];
        }
        expected[$"{FinalNorm}.weight"] = [shape.HiddenSize];
        if (!shape.TiedEmbeddings) expected[Head] = [shape.VocabularySize, shape.HiddenSize];
        return expected;
    }

    /// <summary>
    /// Tensors that files may hold beyond <see cref="Expected"/>: a tied head written out, and buffers that old versions of
    /// transformers saved (rotary frequencies, positions), which are computed here.
    /// </summary>
    public static bool Ignorable(DecoderShape shape, string name) =>
        name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal) || name.EndsWith("position_ids", StringComparison.Ordinal)
        || (shape.TiedEmbeddings && name == Head);

    public Tensor Read(string name, params long[] dimensions) => read(name, dimensions);

    public LinearProjection Projection(int layer, string name) => LinearProjection.Read(shape.Projection(name)!, layer, read);

    public RmsNorm Norm(string path) => RmsNorm.Of(shape, path, read($"{path}.weight", [shape.HiddenSize]));

    /// <summary>The norm of each head's queries or keys; null in families that have none.</summary>
    public RmsNorm? HeadNorm(int layer, string name)
    {
        var path = $"model.layers.{layer}.self_attn.{name}";
        return shape.HeadNorms ? RmsNorm.Of(shape, path, read($"{path}.weight", [shape.HeadSize])) : null;
    }
}
