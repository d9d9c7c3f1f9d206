namespace NoraPipelines.Plans;

/// <summary>How the activations behind AwSVD's scaling are measured (docs/method.md, section 2).</summary>
public sealed record CalibrationPlan
{
    /// <summary>Training examples whose unmasked tokens are observed.</summary>
    public int Samples { get; init; } = 128;

    public ActivationStatistic Statistic { get; init; } = ActivationStatistic.MeanAbs;

    /// <summary>Power of the statistic, in (0, 1]; Eq. 3 has the square root.</summary>
    public double Exponent { get; init; } = 0.5;

    public ScalingKind Scaling { get; init; } = ScalingKind.Diagonal;
}

/// <summary>What is averaged per input channel.</summary>
public enum ActivationStatistic
{
    /// <summary>Mean of |x| (Eq. 3).</summary>
    MeanAbs,

    /// <summary>√ of the mean of x², the text's "standard deviation".</summary>
    Rms,

    /// <summary>Mean of |W| over the outputs (Algorithm 1): no activations at all.</summary>
    WeightMeanAbs,
}

/// <summary>S as a diagonal (Eq. 3), or the Cholesky factor of the inputs' second moment: the optimum for its rank.</summary>
public enum ScalingKind
{
    Diagonal,
    Covariance,
}
