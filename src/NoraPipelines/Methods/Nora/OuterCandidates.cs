using NoraPipelines.Initialization;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// The outer pairs that one projection could start from: the one that is asked for, and the others for comparison, of which only one
/// at a time is held.
/// </summary>
internal sealed class OuterCandidates
{
    private readonly LinearProjection _projection;
    private readonly int _rank;
    private readonly NoraPlan _plan;
    private readonly CalibrationPlan _calibration;
    private readonly ActivationStatistics? _statistics;
    private readonly long _seed;
    private readonly Tensor _weight; // [out, in] float32
    private readonly SvdOptions _svd;
    private readonly ChannelScaling? _scaling;

    public OuterCandidates(
        LinearProjection projection, int rank, NoraPlan plan, CalibrationPlan calibration, ActivationStatistics? statistics, long seed)
    {
        (_projection, _rank, _plan, _calibration, _statistics, _seed) = (projection, rank, plan, calibration, statistics, seed);
        _weight = projection.Weight.detach().to(float32);
        if (!DeviceRead.IsTrue(_weight.isfinite().all()))
            throw new NoraException("the weight holds NaN or infinite values. Load an undamaged checkpoint.");
        _svd = new SvdOptions(plan.Svd, plan.Oversampling, plan.Iterations, Seeds.Mix(seed, "svd"));
        var fromWeight = calibration.Statistic == ActivationStatistic.WeightMeanAbs;
        var statistic = fromWeight ? ChannelScaling.WeightMeanAbs(_weight) : statistics?.Statistic(projection, calibration.Statistic);
        _scaling = statistic is null ? null : ChannelScaling.Of(statistic, calibration.Exponent, projection.Path);
    }

    /// <summary>Channels of S that were raised to the floor.</summary>
    public int Floored => Scaling.Floored;

    private ChannelScaling Scaling => _scaling ?? throw NoStatistics();

    public OuterFactors Make(OuterInitialization kind) => kind switch
    {
        OuterInitialization.Random => RandomFactors.Outer(_weight, _rank, Seeds.Mix(_seed, "outer")),
        OuterInitialization.Svd => AwSvd.Factor(_weight, null, _rank, _plan.Sigma, _svd),
        _ => _calibration.Scaling == ScalingKind.Covariance ? Covariance() : Diagonal(),
    };

    /// <summary>The errors of all candidates on the held-out tokens; null where there are none, or all outputs are zero.</summary>
    /// <param name="chosen">The pair in use, which is not made again.</param>
    public OutputErrors? Errors(OuterFactors chosen)
    {
        if (_statistics is not { HasHeldOut: true }) return null;
        using var scope = NewDisposeScope();
        var inputs = _statistics.HeldOut(_projection); // [tokens, in]
        var (aware, covariance) = (_plan.OuterInit == OuterInitialization.AwSvd, _calibration.Scaling == ScalingKind.Covariance);
        var errors = new OutputErrors(
            Error(_plan.OuterInit == OuterInitialization.Random, () => Make(OuterInitialization.Random)),
            Error(_plan.OuterInit == OuterInitialization.Svd, () => Make(OuterInitialization.Svd)),
            Error(aware && !covariance, Diagonal),
            _statistics.HasSecondMoment ? Error(aware && covariance, Covariance) : null);
        return double.IsFinite(errors.Random + errors.Svd + errors.AwSvd + (errors.Covariance ?? 0)) ? errors : null;

        double Error(bool isChosen, Func<OuterFactors> make)
        {
            using var one = NewDisposeScope();
            return OutputError.Relative(inputs, _weight, isChosen ? chosen : make());
        }
    }

    private OuterFactors Diagonal() => AwSvd.Factor(_weight, Scaling.Values, _rank, _plan.Sigma, _svd);

    private OuterFactors Covariance()
    {
        using var scope = NewDisposeScope();
        var statistics = _statistics ?? throw NoStatistics();
        return AwSvd.FactorByCovariance(_weight, statistics.SecondMoment(_projection), _rank, _plan.Sigma, _svd).MoveToOuterScope();
    }

    private static NoraException NoStatistics() => new(
        "AwSVD needs activation statistics, and none were collected. Give calibration examples, or set calibration.statistic to " +
        "weight_mean_abs.");
}
