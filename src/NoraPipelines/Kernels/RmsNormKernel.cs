using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace NoraPipelines.Kernels;

/// <summary>
/// Root-mean-square norm over rows, forward and backward in one pass each.
/// <code>
///     y = x·i ⊙ g,   i = 1 / √(mean(x²) + ε)           dx = i·p − x·i³·mean(p ⊙ x),   p = dy ⊙ g
/// </code>
/// x, y of float32 or bfloat16, contiguous [.., hidden]; g [hidden] float32; i [.., 1] float32. Sums are float32 in sixteen lanes.
/// </summary>
internal static unsafe class RmsNormKernel
{
    /// <param name="roundsFirst">Whether x·i is rounded to x's dtype before it is multiplied by the gain.</param>
    public static (Tensor Y, Tensor Inverse) Forward(Tensor x, Tensor gain, double epsilon, bool roundsFirst)
    {
        using var scope = NewDisposeScope();
        x = x.contiguous();
        var y = empty_like(x);
        var inverse = empty([.. x.shape[..^1], 1], ScalarType.Float32, x.device);
        if (x.dtype == ScalarType.Float32) Run<Float32Lanes>();
        else Run<BFloat16Lanes>();
        return (y.MoveToOuterDisposeScope(), inverse.MoveToOuterDisposeScope());

        void Run<T>()
            where T : unmanaged, ILanes<T>
        {
            var hidden = x.shape[^1];
            RowLoop.Run(inverse.numel(), hidden, new ForwardRows<T>
            {
                X = FusedCpu.Pointer<T>(x),
                Y = FusedCpu.Pointer<T>(y),
                Gain = FusedCpu.Pointer<Float32Lanes>(gain),
                Inverse = FusedCpu.Pointer<float>(inverse),
                Hidden = hidden,
                Epsilon = (float)epsilon,
                RoundsFirst = roundsFirst,
            });
        }
    }

    /// <param name="outputGradient">dy, of x's shape and dtype.</param>
    /// <returns>dx.</returns>
    public static Tensor Backward(Tensor x, Tensor inverse, Tensor gain, Tensor outputGradient)
    {
        using var scope = NewDisposeScope();
        (x, outputGradient) = (x.contiguous(), outputGradient.contiguous());
        var gradient = empty_like(x);
        if (x.dtype == ScalarType.Float32) Run<Float32Lanes>();
        else Run<BFloat16Lanes>();
        return gradient.MoveToOuterDisposeScope();

        void Run<T>()
            where T : unmanaged, ILanes<T>
        {
            var hidden = x.shape[^1];
            RowLoop.Run(inverse.numel(), hidden, new BackwardRows<T>
            {
                X = FusedCpu.Pointer<T>(x),
                OutputGradient = FusedCpu.Pointer<T>(outputGradient),
                Gradient = FusedCpu.Pointer<T>(gradient),
                Gain = FusedCpu.Pointer<Float32Lanes>(gain),
                Inverse = FusedCpu.Pointer<float>(inverse),
                Hidden = hidden,
            });
        }
    }

    private struct ForwardRows<T> : IRowBody
        where T : unmanaged, ILanes<T>
    {
        public T* X, Y;
        public Float32Lanes* Gain;
        public float* Inverse;
        public long Hidden;
        public float Epsilon;
        public bool RoundsFirst;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long first, long end)
        {
            for (var row = first; row < end; row++)
            {
                var x = X + row * Hidden;
                var y = Y + row * Hidden;
                var squares = Vector512<float>.Zero;
                for (long at = 0; at < Hidden; at += Lanes.Count)
                {
                    var value = Lanes.Load(x, at, Hidden);
                    squares += value * value;
                }
                var inverse = 1f / MathF.Sqrt(Vector512.Sum(squares) / Hidden + Epsilon);
                Inverse[row] = inverse;
                for (long at = 0; at < Hidden; at += Lanes.Count)
                {
                    var normal = Lanes.Load(x, at, Hidden) * inverse;
                    if (RoundsFirst) normal = T.Round(normal);
                    Lanes.Store(y, at, Hidden, normal * Lanes.Load(Gain, at, Hidden));
                }
            }
        }
    }

    private struct BackwardRows<T> : IRowBody
        where T : unmanaged, ILanes<T>
    {
        public T* X, OutputGradient, Gradient;
        public Float32Lanes* Gain;
        public float* Inverse;
        public long Hidden;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long first, long end)
        {
            for (var row = first; row < end; row++)
            {
                var x = X + row * Hidden;
                var outputGradient = OutputGradient + row * Hidden;
                var gradient = Gradient + row * Hidden;
                var inverse = Inverse[row];
                var products = Vector512<float>.Zero;
                for (long at = 0; at < Hidden; at += Lanes.Count)
                    products += Lanes.Load(outputGradient, at, Hidden) * Lanes.Load(Gain, at, Hidden) * Lanes.Load(x, at, Hidden);
                var along = Vector512.Sum(products) / Hidden * inverse * inverse * inverse;
                for (long at = 0; at < Hidden; at += Lanes.Count)
                {
                    var p = Lanes.Load(outputGradient, at, Hidden) * Lanes.Load(Gain, at, Hidden);
                    Lanes.Store(gradient, at, Hidden, p * inverse - Lanes.Load(x, at, Hidden) * along);
                }
            }
        }
    }
}
