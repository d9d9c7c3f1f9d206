using NoraPipelines.Adapters;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>How large an adapter's ΔW is before the first step.</summary>
internal static class StartSize
{
    /// <summary>‖ΔW‖_F / ‖W‖_F without forming ΔW: ‖B·A‖² = Σ (BᵀB) ⊙ (AAᵀ), [r, r] each, in float64. 0 where W is zero.</summary>
    /// <param name="weight">W [out, in].</param>
    public static double Relative(Adapter adapter, Tensor weight)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (a, b) = adapter.Fold(); // [r, in], [out, r]
        var (a64, b64) = (a.to(float64), b.to(float64));
        var squared = (b64.t().matmul(b64) * a64.matmul(a64.t())).sum().item<double>();
        var whole = weight.detach().to(float32).to(float64).norm().item<double>();
        return whole > 0 ? Math.Sqrt(Math.Max(0, squared)) / whole : 0;
    }
}
