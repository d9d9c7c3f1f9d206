namespace NoraPipelines.Initialization;

/// <summary>What a calibration runs through the model.</summary>
/// <param name="Measured">Passes whose inputs go into the means.</param>
/// <param name="HeldOut">Passes whose inputs are kept as they are, to measure errors on.</param>
/// <param name="Examples">Of all passes.</param>
public sealed record CalibrationPasses(IEnumerable<ICalibrationPass> Measured, IEnumerable<ICalibrationPass> HeldOut, int Examples)
{
    /// <summary>Where rows are held out, one example in this many, and at least one, is kept out of the means.</summary>
    public const int HeldOutEvery = 8;

    /// <summary>How many of the examples are kept out of the means.</summary>
    /// <exception cref="NoraException">None would be left for the means, or the batch is empty.</exception>
    public static int HeldOutOf(int samples, int batch, int heldOutRows)
    {
        var heldOut = heldOutRows > 0 ? Math.Max(1, samples / HeldOutEvery) : 0;
        if (batch < 1) throw new NoraException($"Calibration got a batch of {batch}; give at least 1 example.");
        if (samples > heldOut) return heldOut;
        throw new NoraException(heldOut > 0
            ? $"Calibration got {samples} example(s), and one is kept out to measure the error; give at least 2 "
                + "(calibration.samples, or more data)."
            : "Calibration got no examples; give at least 1 (calibration.samples, or more data).");
    }
}
