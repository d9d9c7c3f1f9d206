using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>How large an adapter's ΔW is before the first step.</summary>
internal static class StartSize
{
    /// <summary>
    /// ‖ΔW‖_F / ‖W‖_F. Where ΔW has a low rank it is not formed: ‖B·A‖² = Σ (BᵀB) ⊙ (AAᵀ), [r, r] each, in float64. 0 where W is zero.
    /// </summary>
    /// <param name="weight">W [out, in].</param>
    public static double Relative(Adapter adapter, Tensor weight)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var squared = adapter.Fold() is { } factors ? Squared(factors) : DeviceRead.Number(adapter.Delta().to(float64).square().sum());
        var whole = DeviceRead.Number(weight.detach().to(float32).to(float64).norm());
        return whole > 0 ? Math.Sqrt(Math.Max(0, squared)) / whole : 0;
    }

    private static double Squared(LowRankFactors factors)
    {
        var (a, b) = (factors.A.to(float64), factors.B.to(float64)); // [r, in], [out, r]
        return DeviceRead.Number((b.t().matmul(b) * a.matmul(a.t())).sum());
    }
}
