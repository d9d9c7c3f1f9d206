using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace NoraPipelines.Kernels;

/// <summary>A bfloat16 value in a tensor's memory: the upper half of a float32.</summary>
[StructLayout(LayoutKind.Sequential, Size = 2)]
internal readonly unsafe struct BFloat16Lanes : ILanes<BFloat16Lanes>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(BFloat16Lanes* at)
    {
        var bits = Vector256.Load((ushort*)at);
        if (Avx512F.IsSupported) return (Avx512F.ConvertToVector512UInt32(bits) << 16).AsSingle();
        var (lower, upper) = Vector256.Widen(bits);
        return (Vector512.Create(lower, upper) << 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(BFloat16Lanes* at, Vector512<float> values)
    {
        var bits = Rounded(values) >> 16;
        var narrow = Avx512F.IsSupported ? Avx512F.ConvertToVector256UInt16(bits) : Vector256.Narrow(bits.GetLower(), bits.GetUpper());
        narrow.Store((ushort*)at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Round(Vector512<float> values) => (Rounded(values) & Vector512.Create(0xFFFF0000u)).AsSingle();

    /// <summary>The result's bits in the upper halves. Rounding up what is not a number could make a number of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Rounded(Vector512<float> values)
    {
        var bits = values.AsUInt32();
        var rounded = bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512<uint>.One);
        return Vector512.ConditionalSelect(Vector512.Equals(values, values).AsUInt32(), rounded, Vector512.Create(0x7FC00000u));
    }
}
