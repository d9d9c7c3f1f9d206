using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>Token ids that a model is given.</summary>
internal static class TokenIds
{
    // Rows and tokens of a probe.
    private const int ProbeRows = 2;
    private const int ProbeTokens = 16;

    /// <summary>In the computer's memory only: elsewhere looking at the ids would wait for the device in every pass.</summary>
    /// <param name="ids">Of any shape, int64.</param>
    /// <exception cref="NoraException">One is not below <paramref name="vocabulary"/>.</exception>
    public static void Check(Tensor ids, int vocabulary)
    {
        if (ids.device_type != DeviceType.CPU || ids.numel() == 0) return;
        var (least, greatest) = (ids.min().item<long>(), ids.max().item<long>());
        if (least >= 0 && greatest < vocabulary) return;
        throw new NoraException(
            $"The text holds token {(least < 0 ? least : greatest)}; the model knows 0 to {vocabulary - 1}. "
            + "The tokenizer belongs to another model: point model.tokenizer at the model's own.");
    }

    /// <summary>A made-up text for <see cref="IAdaptableModel.Probe"/>, [rows, tokens] int64.</summary>
    public static Tensor Probe(ITokenModel model)
    {
        var tokens = Math.Min(ProbeTokens, model.LongestText);
        return arange(ProbeRows * tokens, dtype: ScalarType.Int64, device: model.Device)
            .mul_(7919).remainder_(model.VocabularySize).reshape(ProbeRows, tokens);
    }
}
