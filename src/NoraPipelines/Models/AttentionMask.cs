using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>
/// Which keys a query sees: those before it, itself included, inside the window and of its own example, none that are padding. Built once
/// a forward pass. Without padding, window and packing nothing is materialised: the kernel's own causal form serves.
/// </summary>
/// <param name="Additive">0 where a key is seen, −∞ where not: [rows or 1, 1, queries, keys] in the model's dtype; or null.</param>
/// <param name="Causal">The kernel masks by itself.</param>
internal readonly record struct AttentionMask(Tensor? Additive, bool Causal)
{
    /// <summary>The last <paramref name="queries"/> of <paramref name="keys"/> tokens ask.</summary>
    /// <param name="padding">[rows, keys] bool, true = token; null = no padding.</param>
    /// <param name="segments">[rows, keys] int64, the example that a token belongs to; null = a row holds one. As many queries as keys.</param>
    public static AttentionMask Build(
        int queries, int keys, int? window, Tensor? padding, ScalarType dtype, Device device, Tensor? segments = null)
    {
        if (window >= keys) window = null;
        if (padding is null && window is null && segments is null)
        {
            if (queries == 1) return new(null, Causal: false);
            if (queries == keys) return new(null, Causal: true);
        }

        using var scope = NewDisposeScope();
        var query = arange(keys - queries, keys, device: device).unsqueeze(1); // [queries, 1]
        var key = arange(keys, device: device).unsqueeze(0); // [1, keys]
        var seen = key <= query; // [queries, keys]
        if (window is { } width) seen = seen & (key > query - width);
        if (segments is not null) seen = seen & (segments.unsqueeze(2) == segments.unsqueeze(1)).unsqueeze(1); // [rows, 1, queries, keys]
        if (padding is not null)
        {
            // A padded query still sees itself: a row without any key would be 0/0.
            seen = (seen & padding.unsqueeze(1).unsqueeze(1)) | (key == query); // [rows, 1, queries, keys]
        }
        var additive = zeros(seen.shape, dtype: dtype, device: device).masked_fill_(seen.logical_not(), double.NegativeInfinity);
        if (additive.dim() == 2) additive = additive.unsqueeze(0).unsqueeze(0);
        return new(additive.MoveToOuterDisposeScope(), Causal: false);
    }
}
