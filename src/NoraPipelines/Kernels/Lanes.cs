using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NoraPipelines.Kernels;

/// <summary>Reading and writing rows in lanes; what is left of a row at its end is padded with zeros.</summary>
internal static unsafe class Lanes
{
    public const int Count = 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load<T>(T* row, long at, long width)
        where T : unmanaged, ILanes<T> =>
        width - at >= Count ? T.Load(row + at) : LoadSome(row + at, (int)(width - at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(T* row, long at, long width, Vector512<float> values)
        where T : unmanaged, ILanes<T>
    {
        if (width - at >= Count) T.Store(row + at, values);
        else StoreSome(row + at, (int)(width - at), values);
    }

    /// <summary>
    /// eˣ within two units of the last place: x = n·ln 2 + r, |r| ≤ ln 2 / 2, and a polynomial of r (Cephes' expf). 0 below the smallest
    /// normal number; what is not a number stays that.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        var bounded = Vector512.Min(Vector512.Max(x, Vector512.Create(-88f)), Vector512.Create(88.37626f));
        var n = Vector512.Round(bounded * Vector512.Create(1.44269504f));
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), bounded);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        var p = Vector512.FusedMultiplyAdd(Vector512.Create(1.9875691500e-4f), r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p * r, r, r + Vector512<float>.One);
        var power = (Vector512.ConvertToInt32Native(n) + Vector512.Create(127)) << 23; // 2ⁿ
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(-87.33654f)), Vector512<float>.Zero, p * power.AsSingle());
    }

    /// <summary>silu(x) = x · σ(x), and σ(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Silu, Vector512<float> Sigma) Silu(Vector512<float> x)
    {
        var sigma = Vector512<float>.One / (Vector512<float>.One + Exp(-x));
        return (x * sigma, sigma);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<float> LoadSome<T>(T* at, int count)
        where T : unmanaged, ILanes<T>
    {
        var padded = stackalloc T[Count];
        Unsafe.InitBlockUnaligned(padded, 0, (uint)(Count * sizeof(T)));
        Unsafe.CopyBlockUnaligned(padded, at, (uint)(count * sizeof(T)));
        return T.Load(padded);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreSome<T>(T* at, int count, Vector512<float> values)
        where T : unmanaged, ILanes<T>
    {
        var padded = stackalloc T[Count];
        T.Store(padded, values);
        Unsafe.CopyBlockUnaligned(at, padded, (uint)(count * sizeof(T)));
    }
}
