using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>
/// What the inputs of the adapted projections look like on calibration examples: means over all of their rows (tokens, patches), padding
/// left out, and some rows of examples that were kept out of the means, on which errors are measured. The base model runs alone, without
/// dropout and gradients.
/// </summary>
public sealed class ActivationStatistics : IDisposable
{
    private readonly IReadOnlyDictionary<LinearProjection, InputStatistics> _inputs;

    private ActivationStatistics(IReadOnlyDictionary<LinearProjection, InputStatistics> inputs) => _inputs = inputs;

    /// <summary>Tokens behind the means.</summary>
    public long Tokens => _inputs.Values.First().Tokens;

    /// <summary>Whether tokens were held out to measure errors on.</summary>
    public bool HasHeldOut => _inputs.Values.First().HasHeldOut;

    public bool HasSecondMoment => _inputs.Values.First().HasSecondMoment;

    /// <summary>Runs the model over the examples.</summary>
    /// <param name="targets">Projections to observe.</param>
    /// <param name="covariance">Also collect XᵀX, in² numbers of 8 bytes for each input (see <see cref="CovarianceBytes"/>).</param>
    /// <param name="progress">Is told the examples done, and all.</param>
    /// <exception cref="NoraException">No target, or inputs that are not finite.</exception>
    public static ActivationStatistics Collect(
        IAdaptableModel model, IEnumerable<LinearProjection> targets, CalibrationPasses passes, bool covariance, Action<int, int>? progress = null)
    {
        LinearProjection[] watched = [.. targets];
        if (watched.Length == 0) throw new NoraException("Calibration got no projection to observe; name at least one target.");
        using var observer = new ActivationObserver(model.Projections, watched, covariance);
        var done = 0;
        try
        {
            Run(passes.Measured);
            observer.HoldOut = true;
            Run(passes.HeldOut);
            foreach (var input in observer.Inputs.Values.Distinct()) input.CheckFinite();
            return new ActivationStatistics(observer.Inputs);
        }
        catch
        {
            foreach (var input in observer.Inputs.Values.Distinct()) input.Dispose();
            throw;
        }

        void Run(IEnumerable<ICalibrationPass> some)
        {
            using var noGradient = no_grad();
            foreach (var pass in some)
            {
                using var scope = NewDisposeScope();
                observer.Pass = pass;
                pass.Run();
                progress?.Invoke(done += pass.Examples, passes.Examples);
            }
        }
    }

    /// <summary>Bytes that second moments of all these inputs need, were none of them shared.</summary>
    public static long CovarianceBytes(IEnumerable<LinearProjection> targets) =>
        targets.Sum(target => 8L * target.InFeatures * target.InFeatures);

    /// <summary>Mean of |x|, [in] float64.</summary>
    public Tensor MeanAbs(LinearProjection projection) => Of(projection).MeanAbs;

    /// <summary>√ of the mean of x², [in] float64.</summary>
    public Tensor Rms(LinearProjection projection) => Of(projection).Rms;

    /// <summary>XᵀX/n, [in, in] float64.</summary>
    /// <exception cref="NoraException">It was not collected.</exception>
    public Tensor SecondMoment(LinearProjection projection) => Of(projection).SecondMoment;

    /// <summary>Inputs that are in none of the means, [tokens, in] in the model's dtype, on the CPU.</summary>
    /// <exception cref="NoraException">None were kept.</exception>
    public Tensor HeldOut(LinearProjection projection) => Of(projection).HeldOut;

    /// <summary>The statistic of a spec, [in] float64.</summary>
    public Tensor Statistic(LinearProjection projection, ActivationStatistic statistic) => statistic switch
    {
        ActivationStatistic.MeanAbs => MeanAbs(projection),
        ActivationStatistic.Rms => Rms(projection),
        _ => ChannelScaling.WeightMeanAbs(projection.Weight),
    };

    public void Dispose()
    {
        foreach (var input in _inputs.Values.Distinct()) input.Dispose();
    }

    private InputStatistics Of(LinearProjection projection) => _inputs.TryGetValue(projection, out var input)
        ? input
        : throw new NoraException($"{projection.Path}: no statistics were collected; it was not among the targets of the calibration.");
}
