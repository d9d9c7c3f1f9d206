using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>One forward pass of a calibration.</summary>
public interface ICalibrationPass
{
    /// <summary>Examples that go through the model.</summary>
    int Examples { get; }

    /// <summary>
    /// Which rows of a projection's input, flattened to [rows, in], are observed: [n] int64, in the caller's dispose scope; null: all of them. What pads a
    /// batch, and what was not drawn, is left out.
    /// </summary>
    Tensor? RowsOf(LinearProjection projection);

    /// <summary>Runs the base model, where there is a row to observe.</summary>
    void Run();
}
