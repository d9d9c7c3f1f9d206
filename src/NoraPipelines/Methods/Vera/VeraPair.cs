using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// VeRA's frozen random pair, large enough for every projection of a model. Adapters hold slices of the same memory, which lives as long
/// as one of them does; this object may be disposed when all are made.
/// </summary>
public sealed class VeraPair : IDisposable
{
    /// <summary>Copies a [r, largest in] and b [largest out, r], rounding to <paramref name="dtype"/>.</summary>
    /// <exception cref="NoraException">The shapes are no such pair.</exception>
    public VeraPair(Tensor a, Tensor b, ScalarType dtype, Device device)
    {
        if (a.dim() != 2 || b.dim() != 2 || a.shape[0] != b.shape[1] || a.shape[0] < 1)
        {
            throw new NoraException($"VeRA's shared pair is [{string.Join(", ", a.shape)}] and [{string.Join(", ", b.shape)}]; it must be "
                + "[rank, in] and [out, rank].");
        }
        A = a.detach().to(dtype, device, copy: true).DetachFromDisposeScope();
        B = b.detach().to(dtype, device, copy: true).DetachFromDisposeScope();
    }

    /// <summary>[r, largest in].</summary>
    public Tensor A { get; }

    /// <summary>[largest out, r].</summary>
    public Tensor B { get; }

    public int Rank => (int)A.shape[0];

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }
}
