using static TorchSharp.torch;

namespace NoraPipelines.Initialization;

/// <summary>How far an outer pair is from the weight where it matters: at the outputs of inputs that it was not made from.</summary>
public static class OutputError
{
    private const int Rows = 512;

    /// <summary>
    /// ‖X(W − BA)ᵀ‖_F / ‖XWᵀ‖_F (method of Figures 1b and 7), squares added up in float64; NaN where all outputs of W are zero.
    /// </summary>
    /// <param name="inputs">X [tokens, in].</param>
    /// <param name="weight">W [out, in].</param>
    public static double Relative(Tensor inputs, Tensor weight, OuterFactors factors)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var w = weight.detach().to(float32); // [out, in]
        double error = 0, whole = 0;
        for (long start = 0; start < inputs.shape[0]; start += Rows)
        {
            using var piece = NewDisposeScope();
            var x = inputs.narrow(0, start, Math.Min(Rows, inputs.shape[0] - start)).to(float32).to(w.device); // [rows, in]
            var expected = x.matmul(w.t()); // [rows, out]
            var given = x.matmul(factors.A.t()).matmul(factors.B.t()); // [rows, out]
            error += SquaredNorm(given - expected);
            whole += SquaredNorm(expected);
        }
        return Math.Sqrt(error / whole);
    }

    private static double SquaredNorm(Tensor values) => DeviceRead.Number(values.to(float64).square().sum());
}
