using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>
/// Sums over the tokens of one input, which q, k and v (and gate and up) have in common. Everything is added up in float64: in
/// float32, a sum over a million tokens loses the quiet ones.
/// </summary>
// Legend: n = tokens of one forward pass, in = input channels.
internal sealed class InputStatistics : IDisposable
{
    private const long Rows = 1024;

    private readonly Tensor _absolute; // [in] float64, Σ |x|
    private readonly Tensor _squares; // [in] float64, Σ x²
    private readonly Tensor? _products; // [in, in] float64, Σ xᵀx
    private readonly List<Tensor> _heldOut = []; // [.., in], dtype of the model, CPU

    public InputStatistics(string name, long channels, bool covariance, Device device)
    {
        Name = name;
        _absolute = zeros(channels, float64, device).DetachFromDisposeScope();
        _squares = zeros(channels, float64, device).DetachFromDisposeScope();
        _products = covariance ? zeros([channels, channels], float64, device).DetachFromDisposeScope() : null;
    }

    /// <summary>The projection that reports this input; others that share it only refer to it.</summary>
    public string Name { get; }

    public long Tokens { get; private set; }

    /// <summary>[in] float64.</summary>
    public Tensor MeanAbs => _absolute / Counted;

    /// <summary>[in] float64.</summary>
    public Tensor Rms => (_squares / Counted).sqrt();

    /// <summary>XᵀX/n, [in, in] float64.</summary>
    public Tensor SecondMoment => (_products ?? throw new NoraException($"{Name}: second moments were not collected. " +
        "Collect the statistics with covariance, or set calibration.scaling to diagonal.")) / Counted;

    /// <summary>[tokens, in] in the model's dtype, on the CPU.</summary>
    public Tensor HeldOut => _heldOut.Count > 0
        ? cat(_heldOut)
        : throw new NoraException($"{Name}: no tokens were held out. Collect the statistics with some to measure the output error.");

    public bool HasHeldOut => _heldOut.Count > 0;

    public bool HasSecondMoment => _products is not null;

    private long Counted => Tokens > 0
        ? Tokens
        : throw new NoraException($"{Name}: no token was observed; give calibration examples that have some.");

    /// <summary>Adds x [n, in].</summary>
    public void Add(Tensor x)
    {
        for (long start = 0; start < x.shape[0]; start += Rows)
        {
            using var scope = NewDisposeScope();
            var piece = x.narrow(0, start, Math.Min(Rows, x.shape[0] - start)).to(float64); // [≤ Rows, in]
            // A list, because sum(0) is read as sum(ScalarType.Byte).
            _absolute.add_(piece.abs().sum([0L]));
            _squares.add_(piece.square().sum([0L]));
            _products?.addmm_(piece.t(), piece, 1, 1);
        }
        Tokens += x.shape[0];
    }

    /// <summary>Keeps x [n, in] for measuring; it is not added to the sums.</summary>
    public void Hold(Tensor x)
    {
        using var scope = NewDisposeScope();
        _heldOut.Add(DeviceRead.Copy(x).DetachFromDisposeScope());
    }

    /// <exception cref="NoraException">An input was NaN or infinite.</exception>
    public void CheckFinite()
    {
        using var scope = NewDisposeScope();
        if (DeviceRead.IsTrue(_squares.isfinite().all()) && _heldOut.TrueForAll(held => DeviceRead.IsTrue(held.isfinite().all()))) return;
        throw new NoraException($"{Name}: inputs on the calibration examples are NaN or infinite. The base model does not work in this " +
            "dtype, or its weights are damaged; try model.dtype float32 or bfloat16, or load the checkpoint again.");
    }

    public void Dispose()
    {
        _absolute.Dispose();
        _squares.Dispose();
        _products?.Dispose();
        foreach (var held in _heldOut) held.Dispose();
    }
}
