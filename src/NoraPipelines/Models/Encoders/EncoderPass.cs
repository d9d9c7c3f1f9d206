using static TorchSharp.torch;

namespace NoraPipelines.Models.Encoders;

/// <summary>What all layers of one forward pass share.</summary>
/// <param name="Mask">0 where a key is a token, −∞ where it is padding: [rows, 1, 1, tokens] in the model's dtype; null without padding.</param>
/// <param name="HiddenDropout">0 outside of training.</param>
/// <param name="AttentionDropout">0 outside of training.</param>
internal readonly record struct EncoderPass(Tensor? Mask, double HiddenDropout, double AttentionDropout)
    : ILayerContext<EncoderPass>
{
    public IReadOnlyList<Tensor?> Shared => [Mask];

    public EncoderPass Again(IReadOnlyList<Tensor?> shared) => this with { Mask = shared[0] };

    /// <param name="padding">[rows, tokens] bool, true = token.</param>
    public static Tensor? MaskOf(Tensor? padding, ScalarType dtype)
    {
        if (padding is null) return null;
        using var scope = NewDisposeScope();
        return zeros(padding.shape, dtype: dtype, device: padding.device)
            .masked_fill_(padding.logical_not(), double.NegativeInfinity)
            .unsqueeze(1).unsqueeze(1).MoveToOuterDisposeScope();
    }

    public bool DropsOut => HiddenDropout > 0 || AttentionDropout > 0;

    public Tensor Drop(Tensor x) => HiddenDropout > 0 ? nn.functional.dropout(x, HiddenDropout, training: true) : x;
}
