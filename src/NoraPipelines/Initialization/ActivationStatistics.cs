using NoraPipelines.Data;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>
/// What the inputs of the adapted projections look like on calibration examples: means over all of their tokens, padding left out,
/// and some tokens of examples that were kept out of the means, on which errors are measured. The base model runs alone, without
/// dropout and gradients.
/// </summary>
public sealed class ActivationStatistics : IDisposable
{
    /// <summary>Where tokens are held out, one example in this many, and at least one, is kept out of the means.</summary>
    public const int HeldOutEvery = 8;

    private readonly IReadOnlyDictionary<LinearProjection, InputStatistics> _inputs;

    private ActivationStatistics(IReadOnlyDictionary<LinearProjection, InputStatistics> inputs) => _inputs = inputs;

    /// <summary>Tokens behind the means.</summary>
    public long Tokens => _inputs.Values.First().Tokens;

    /// <summary>Whether tokens were held out to measure errors on.</summary>
    public bool HasHeldOut => _inputs.Values.First().HasHeldOut;

    public bool HasSecondMoment => _inputs.Values.First().HasSecondMoment;

    /// <summary>Runs the model over the examples.</summary>
    /// <param name="batch">Examples that go through the model at once.</param>
    /// <param name="covariance">Also collect XᵀX, in² numbers of 8 bytes for each input (see <see cref="CovarianceBytes"/>).</param>
    /// <param name="heldOutTokens">How many tokens to keep for measuring, at most; 0: none, and all examples go into the means.</param>
    /// <param name="seed">Chooses the held-out tokens.</param>
    /// <param name="progress">Is told the examples done, and all.</param>
    /// <exception cref="NoraException">No target, too few examples, or inputs that are not finite.</exception>
    public static ActivationStatistics Collect(
        ITextModel model, IEnumerable<LinearProjection> targets, IReadOnlyList<TokenizedExample> samples, int batch, int padId,
        bool covariance, int heldOutTokens, int seed = 0, Action<int, int>? progress = null)
    {
        LinearProjection[] watched = [.. targets];
        var heldOut = heldOutTokens > 0 ? Math.Max(1, samples.Count / HeldOutEvery) : 0;
        Check(watched, samples.Count, heldOut, batch);
        var measured = samples.Count - heldOut;

        using var observer = new ActivationObserver(model.Projections, watched, covariance);
        try
        {
            Run(model, observer, [.. samples.Take(measured)], batch, padId, null, done => progress?.Invoke(done, samples.Count));
            observer.HoldOut = true;
            TokenizedExample[] kept = [.. samples.Skip(measured)];
            var chosen = Choose(kept.Sum(example => example.Ids.Length), heldOutTokens, seed);
            Run(model, observer, kept, batch, padId, chosen, done => progress?.Invoke(measured + done, samples.Count));
            foreach (var input in observer.Inputs.Values.Distinct()) input.CheckFinite();
            return new ActivationStatistics(observer.Inputs);
        }
        catch
        {
            foreach (var input in observer.Inputs.Values.Distinct()) input.Dispose();
            throw;
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

    private static void Check(LinearProjection[] targets, int samples, int heldOut, int batch)
    {
        if (targets.Length == 0) throw new NoraException("Calibration got no projection to observe; name at least one target.");
        if (batch < 1) throw new NoraException($"Calibration got a batch of {batch}; give at least 1 example.");
        if (samples > heldOut) return;
        throw new NoraException(heldOut > 0
            ? $"Calibration got {samples} example(s), and one is kept out to measure the error; give at least 2 " +
                "(calibration.samples, or more data)."
            : "Calibration got no examples; give at least 1 (calibration.samples, or more data).");
    }

    /// <summary>Up to <paramref name="count"/> of the tokens 0 … total − 1, ascending.</summary>
    private static int[] Choose(int total, int count, int seed)
    {
        var all = Enumerable.Range(0, total).ToArray();
        new Random(unchecked((int)Seeds.Mix(seed, "held-out tokens"))).Shuffle(all);
        return [.. all.Take(count).Order()];
    }

    /// <param name="chosen">Which of the examples' tokens count, numbered over all of them; null: every one.</param>
    private static void Run(
        ITextModel model, ActivationObserver observer, TokenizedExample[] examples, int batch, int padId, int[]? chosen, Action<int> done)
    {
        using var noGradient = no_grad();
        for (int start = 0, before = 0; start < examples.Length; start += batch)
        {
            using var scope = NewDisposeScope();
            TokenizedExample[] rows = [.. examples.Skip(start).Take(batch)];
            using var micro = MicroBatch.Of(rows, padId, model.Device);
            observer.Rows = Rows(rows, before, chosen, model.Device);
            if (observer.Rows is null or { NumberOfElements: > 0 }) model.Hidden(micro.InputIds, micro.PaddingMask);
            before += rows.Sum(row => row.Ids.Length);
            done(Math.Min(start + batch, examples.Length));
        }
    }

    /// <summary>Indices into the flattened [rows·tokens] of the tokens that count, [n] int64; null: all, nothing is padded.</summary>
    private static Tensor? Rows(TokenizedExample[] rows, int before, int[]? chosen, Device device)
    {
        var width = rows.Max(row => row.Ids.Length);
        if (chosen is null && Array.TrueForAll(rows, row => row.Ids.Length == width)) return null;
        var wanted = chosen?.ToHashSet();
        var indices = new List<long>();
        var token = before;
        for (var row = 0; row < rows.Length; row++)
        {
            for (var position = 0; position < rows[row].Ids.Length; position++, token++)
            {
                if (wanted is null || wanted.Contains(token)) indices.Add((long)row * width + position);
            }
        }
        return tensor(indices.ToArray(), int64).to(device);
    }
}
