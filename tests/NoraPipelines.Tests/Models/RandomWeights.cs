using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models;

/// <summary>Random weights for tests.</summary>
internal static class RandomWeights
{
    /// <summary>Multiplies all matrices by 8: N(0, 0.02²) leaves all logits alike, larger weights make tests sharper.</summary>
    public static TModel Sharpened<TModel>(this TModel model)
        where TModel : IAdaptableModel
    {
        using var noGradient = no_grad();
        foreach (var (_, value) in model.Parameters.Where(parameter => parameter.Value.dim() == 2)) value.mul_(8);
        return model;
    }
}
