using NoraPipelines.Adapters;
using NoraPipelines.Models.Llama;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>Holds an exported adapter against the one it was made from: the folder is loaded back and the logits are compared.</summary>
public static class ExportCheck
{
    private const int Rows = 2;
    private const int Tokens = 16;

    /// <summary>Largest difference of the logits of a few rows of tokens, over the largest logit; 0 is equality.</summary>
    /// <param name="model">With <paramref name="adapters"/> on it; as it was when this returns.</param>
    /// <exception cref="NoraException">The folder cannot be loaded back.</exception>
    public static double Difference(LlamaModel model, AdapterSet adapters, string folder)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var ids = arange(Rows * Tokens, dtype: ScalarType.Int64, device: model.Device).mul_(7919).remainder_(model.Shape.VocabularySize).reshape(Rows, Tokens);
        var own = model.Logits(model.Hidden(ids)).to(ScalarType.Float32); // [rows, tokens, vocabulary]

        foreach (var (projection, _) in adapters.Items) projection.Adapter = null;
        try
        {
            using var loaded = PeftAdapter.Attach(model, folder);
            var exported = model.Logits(model.Hidden(ids)).to(ScalarType.Float32);
            return ((exported - own).abs().max() / own.abs().max()).item<float>();
        }
        finally
        {
            foreach (var (projection, adapter) in adapters.Items) projection.Adapter = adapter;
        }
    }

    /// <summary>What rounding alone may do to the logits of a model in this dtype, as <see cref="Difference"/> measures it.</summary>
    public static double Tolerance(ScalarType dtype) => dtype == ScalarType.Float32 ? 1e-4 : 5e-2;
}
