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
        CheckGain(x, gain);
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
        CheckGain(x, gain);
        FusedCpu.Require(FusedCpu.Alike(x, outputGradient), "a gradient like x", x, outputGradient);
        FusedCpu.Require(
            inverse.dtype == ScalarType.Float32 && inverse.numel() * x.shape[^1] == x.numel() && inverse.is_contiguous(), "one float32 a row", x, inverse);
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

    private static void CheckGain(Tensor x, Tensor gain) => FusedCpu.Require(
        gain.dtype == ScalarType.Float32 && gain.dim() == 1 && gain.shape[0] == x.shape[^1] && gain.is_contiguous(), "a float32 gain for each column", x, gain);

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
            var (whole, hidden) = (Lanes.Whole(Hidden), Hidden);
            for (var row = first; row < end; row++)
            {
                var x = X + row * hidden;
                var y = Y + row * hidden;
                var squares = Vector512<float>.Zero;
                for (long at = 0; at < whole; at += Lanes.Count)
                {
                    var value = T.Load(x + at);
                    squares += value * value;
                }
                if (whole < hidden)
                {
                    var value = Lanes.LoadRest(x + whole, hidden - whole);
                    squares += value * value;
                }
                var inverse = 1f / MathF.Sqrt(Vector512.Sum(squares) / hidden + Epsilon);
                Inverse[row] = inverse;
                for (long at = 0; at < whole; at += Lanes.Count) T.Store(y + at, Scaled(T.Load(x + at), inverse, Float32Lanes.Load(Gain + at)));
                if (whole == hidden) continue;
                var rest = hidden - whole;
                Lanes.StoreRest(y + whole, rest, Scaled(Lanes.LoadRest(x + whole, rest), inverse, Lanes.LoadRest(Gain + whole, rest)));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly Vector512<float> Scaled(Vector512<float> x, float inverse, Vector512<float> gain)
        {
            var normal = x * inverse;
            return (RoundsFirst ? T.Round(normal) : normal) * gain;
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
            var (whole, hidden) = (Lanes.Whole(Hidden), Hidden);
            var gains = Gain;
            for (var row = first; row < end; row++)
            {
                var x = X + row * hidden;
                var outputGradient = OutputGradient + row * hidden;
                var gradient = Gradient + row * hidden;
                var inverse = Inverse[row];
                var products = Vector512<float>.Zero;
                for (long at = 0; at < whole; at += Lanes.Count)
                    products += T.Load(outputGradient + at) * Float32Lanes.Load(gains + at) * T.Load(x + at);
                var rest = hidden - whole;
                if (rest > 0)
                    products += Lanes.LoadRest(outputGradient + whole, rest) * Lanes.LoadRest(gains + whole, rest) * Lanes.LoadRest(x + whole, rest);
                var along = Vector512.Sum(products) / hidden * inverse * inverse * inverse;
                for (long at = 0; at < whole; at += Lanes.Count)
                {
                    var p = T.Load(outputGradient + at) * Float32Lanes.Load(gains + at);
                    T.Store(gradient + at, p * inverse - T.Load(x + at) * along);
                }
                if (rest == 0) continue;
                var last = Lanes.LoadRest(outputGradient + whole, rest) * Lanes.LoadRest(gains + whole, rest);
                Lanes.StoreRest(gradient + whole, rest, last * inverse - Lanes.LoadRest(x + whole, rest) * along);
            }
        }
    }
}
