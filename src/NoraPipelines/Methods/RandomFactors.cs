using NoraPipelines.Initialization;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// Random starts. All numbers are drawn on the CPU from a generator of their own, so they depend on the seed alone: not on the device,
/// nor on what was drawn before.
/// </summary>
internal static class RandomFactors
{
    /// <summary>N(0, σ²), float32.</summary>
    public static Tensor Normal(long rows, long columns, double std, long seed)
    {
        using var generator = new Generator((ulong)seed, CPU);
        using var drawn = randn([rows, columns], float32, CPU, generator: generator);
        return drawn * std;
    }

    /// <summary>Kaiming uniform with a = √5, as PyTorch starts a linear layer: U(−1/√columns, 1/√columns), float32.</summary>
    public static Tensor Kaiming(long rows, long columns, long seed)
    {
        using var generator = new Generator((ulong)seed, CPU);
        using var drawn = rand([rows, columns], float32, CPU, generator: generator);
        using var centred = drawn - 0.5;
        return centred * (2.0 / Math.Sqrt(columns));
    }

    /// <summary>
    /// The `random` outer pair: A Kaiming, B normal with σ = ‖W‖_F·√(3 / (out·r)), which gives B·A the norm of W in expectation. So one
    /// σ of the inner pair means the same size of start under every outer init, and errors are compared at one scale.
    /// </summary>
    /// <param name="weight">W [out, in] float32.</param>
    public static OuterFactors Outer(Tensor weight, int rank, long seed)
    {
        using var scope = NewDisposeScope();
        var (rows, columns) = (weight.shape[0], weight.shape[1]);
        // Var(A) = 1/(3·in), so E‖BA‖² = out·in·r·σ²/(3·in).
        var std = (float)DeviceRead.Number(weight.norm()) * Math.Sqrt(3.0 / (rows * rank));
        var b = Normal(rows, rank, std, seed).to(weight.device); // [out, r]
        var a = Kaiming(rank, columns, Seeds.Mix(seed, 1)).to(weight.device); // [r, in]
        return new OuterFactors(b, a).MoveToOuterScope();
    }
}
