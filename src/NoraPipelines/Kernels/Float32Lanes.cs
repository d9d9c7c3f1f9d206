using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NoraPipelines.Kernels;

/// <summary>A float32 value in a tensor's memory.</summary>
[StructLayout(LayoutKind.Sequential, Size = 4)]
internal readonly unsafe struct Float32Lanes : ILanes<Float32Lanes>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(Float32Lanes* at) => Vector512.Load((float*)at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Float32Lanes* at, Vector512<float> values) => values.Store((float*)at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Round(Vector512<float> values) => values;
}
