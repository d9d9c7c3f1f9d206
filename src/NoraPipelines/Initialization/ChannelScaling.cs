using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>
/// S of AwSVD (Eq. 3): one value for each input channel, statistic ^ exponent, never below 1e-4 × mean(S) so that S⁻¹ is finite.
/// </summary>
/// <param name="Values">S, [in] float64; a diagonal matrix is never formed.</param>
/// <param name="Floored">How many channels were below the floor.</param>
public sealed record ChannelScaling(Tensor Values, int Floored)
{
    public const double FloorShare = 1e-4;

    /// <summary>S from a non-negative statistic [in]; where all of it is zero, S is 1 everywhere, which makes AwSVD a plain SVD.</summary>
    /// <param name="name">The projection, for messages.</param>
    /// <exception cref="NoraException">The exponent is outside (0, 1], or the statistic is negative or not finite.</exception>
    public static ChannelScaling Of(Tensor statistic, double exponent, string name)
    {
        if (!(exponent is > 0 and <= 1))
            throw new NoraException($"calibration.exponent is {exponent}; it must be above 0 and at most 1 (Eq. 3 has 0.5).");
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var raw = statistic.detach().to(float64); // [in]
        if (!DeviceRead.IsTrue((raw.isfinite() & (raw >= 0)).all()))
        {
            throw new NoraException($"{name}: the activation statistics are not finite. The base model gives NaN or infinity on the " +
                "calibration examples; check its weights and dtype.");
        }
        var s = raw.pow(exponent); // [in]
        var mean = DeviceRead.Number(s.mean());
        if (mean == 0.0) return new(ones_like(s).MoveToOuterDisposeScope(), (int)s.numel());
        var floor = FloorShare * mean;
        var floored = (int)DeviceRead.Number((s < floor).sum());
        return new(s.clamp_min(floor).MoveToOuterDisposeScope(), floored);
    }

    /// <summary>The statistic of Algorithm 1: the mean of |W| over the outputs, [in] float64; it needs no activations.</summary>
    /// <param name="weight">[out, in].</param>
    public static Tensor WeightMeanAbs(Tensor weight)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return weight.detach().to(float32).abs().mean([0], type: float64).MoveToOuterDisposeScope();
    }
}
