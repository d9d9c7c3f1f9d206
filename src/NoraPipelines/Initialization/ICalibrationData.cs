namespace NoraPipelines.Initialization;

/// <summary>Examples that a model can be calibrated on: texts, images with prompts, noisy latents.</summary>
public interface ICalibrationData
{
    /// <summary>The first examples as passes through the model; some are kept out of the means, to measure errors on.</summary>
    /// <param name="samples">How many examples to take, at most.</param>
    /// <param name="batch">Examples of one pass.</param>
    /// <param name="heldOutRows">How many rows of each input to keep for measuring, at most; 0: none, and all examples go into the means.</param>
    /// <param name="seed">Chooses the held-out rows.</param>
    /// <exception cref="NoraException">There are too few examples.</exception>
    CalibrationPasses Passes(int samples, int batch, int heldOutRows, int seed);
}
