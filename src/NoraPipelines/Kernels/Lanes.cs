using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NoraPipelines.Kernels;

/// <summary>Rows in lanes of sixteen, and what is left of a row at its end.</summary>
internal static unsafe class Lanes
{
    public const int Count = 16;

    /// <summary>Values of a row that fill lanes. A loop over them makes no call, so that what it sums stays in registers; the rest comes after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Whole(long width) => width - width % Count;

    /// <summary>A mask of the first <paramref name="count"/> lanes.</summary>
    public static Vector512<float> First(long count) => Vector512.LessThan(
        Vector512.Create(0f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), Vector512.Create((float)count));

    /// <summary>The largest lane; not a number where one is not.</summary>
    public static float Max(Vector512<float> values)
    {
        var eight = Vector256.Max(values.GetLower(), values.GetUpper());
        var four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        return MathF.Max(MathF.Max(four[0], four[1]), MathF.Max(four[2], four[3]));
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

    /// <summary>The values from <paramref name="at"/> on, of which the row of <paramref name="width"/> may have fewer than lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadLast<T>(T* row, long at, long width)
        where T : unmanaged, ILanes<T> =>
        at + Count <= width ? T.Load(row + at) : LoadRest(row + at, width - at);

    /// <summary>As <see cref="LoadLast"/> reads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreLast<T>(T* row, long at, long width, Vector512<float> values)
        where T : unmanaged, ILanes<T>
    {
        if (at + Count <= width) T.Store(row + at, values);
        else StoreRest(row + at, width - at, values);
    }

    /// <summary>Fewer values than lanes, the others 0.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector512<float> LoadRest<T>(T* at, long count)
        where T : unmanaged, ILanes<T>
    {
        var padded = stackalloc T[Count];
        Unsafe.InitBlockUnaligned(padded, 0, (uint)(Count * sizeof(T)));
        Unsafe.CopyBlockUnaligned(padded, at, (uint)(count * sizeof(T)));
        return T.Load(padded);
    }

    /// <summary>The first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void StoreRest<T>(T* at, long count, Vector512<float> values)
        where T : unmanaged, ILanes<T>
    {
        var padded = stackalloc T[Count];
        T.Store(padded, values);
        Unsafe.CopyBlockUnaligned(at, padded, (uint)(count * sizeof(T)));
    }
}
