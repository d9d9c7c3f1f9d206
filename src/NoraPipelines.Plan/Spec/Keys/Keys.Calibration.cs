namespace NoraPipelines.Plans;

public static partial class Keys
{
    /// <summary>How activations are measured for AwSVD.</summary>
    public static class Calibration
    {
        private static readonly KeyPart<CalibrationPlan> Part = new(
            "calibration", new CalibrationPlan(), plan => plan.Calibration, (plan, calibration) => plan with { Calibration = calibration });

        public static readonly SpecKey<int> Samples = Part.Whole("samples", "Training examples that are observed.",
            calibration => calibration.Samples, (calibration, samples) => calibration with { Samples = samples }, minimum: 1) with
        { RunTime = true };

        public static readonly SpecKey<ActivationStatistic> Statistic = OfDiagonal(Part.Choice("statistic", "What is averaged per input channel.",
            calibration => calibration.Statistic, (calibration, statistic) => calibration with { Statistic = statistic }) with
        { RunTime = true });

        public static readonly SpecKey<double> Exponent = OfDiagonal(Part.Number("exponent", "Power of the statistic.",
            calibration => calibration.Exponent, (calibration, exponent) => calibration with { Exponent = exponent }) with
        { RunTime = true, Minimum = 0, AboveMinimum = true, Maximum = 1 });

        internal static readonly SpecKey<ScalingKind> Scaling = Part.Choice("scaling",
            "diagonal: one factor a channel; covariance: the whole second moment of the inputs.",
            calibration => calibration.Scaling, (calibration, scaling) => calibration with { Scaling = scaling });

        internal static SectionKey Section { get; } = (SectionKey.Of(
            "calibration", "How activations are measured for `outer.init: awsvd`.", Samples, Statistic, Exponent, Scaling) with
        { Owner = adapter => adapter.Calibrates })
            .WithNoEffect(Adapter.Method, plan => plan.Adapter.Calibrates ? null : $"method {plan.Adapter.Method} starts without activations")
            .WithNoEffect(Adapter.Start, plan => plan.Adapter.Start is null ? null : GoesOn);

        /// <summary>Why keys of a start say nothing where an adapter goes on from another.</summary>
        internal const string GoesOn = "the adapter goes on from the one in adapter.start";

        private static SpecKey<T> OfDiagonal<T>(SpecKey<T> key) => key.WithNoEffect(null, plan => plan.Calibration.Scaling == ScalingKind.Covariance
            ? "calibration.scaling covariance uses the whole second moment of the inputs" : null);
    }
}
