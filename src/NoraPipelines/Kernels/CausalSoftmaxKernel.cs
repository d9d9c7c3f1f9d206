using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace NoraPipelines.Kernels;

/// <summary>
/// The softmax of a block of queries over the keys that they see, and its gradient, in place. Query i of a block that begins at
/// <c>start</c> sees keys 0 … start + i; what it does not see is 0 in both.
/// <code>
///     P = softmax(scale · S)          dS = scale · P ⊙ (dP − Σ dP ⊙ P)
/// </code>
/// S, P, dP [.., count, start + count] contiguous, float32 or bfloat16.
/// </summary>
internal static unsafe class CausalSoftmaxKernel
{
    /// <summary>Overwrites scores with P.</summary>
    public static void Forward(Tensor scores, long start, float scale)
    {
        Check(scores, start);
        if (scores.dtype == ScalarType.Float32) Run<Float32Lanes>();
        else Run<BFloat16Lanes>();

        void Run<T>()
            where T : unmanaged, ILanes<T>
        {
            var (count, seen) = (scores.shape[^2], scores.shape[^1]);
            RowLoop.Run(scores.numel() / seen, seen, new ForwardRows<T>
            {
                Scores = FusedCpu.Pointer<T>(scores),
                Start = start,
                Count = count,
                Seen = seen,
                Scale = scale,
            });
        }
    }

    /// <summary>Overwrites the gradient of P with that of S.</summary>
    public static void Backward(Tensor probabilities, Tensor gradient, long start, float scale)
    {
        Check(gradient, start);
        FusedCpu.Require(FusedCpu.Alike(probabilities, gradient) && probabilities.is_contiguous(), "probabilities like their gradient", probabilities, gradient);
        if (gradient.dtype == ScalarType.Float32) Run<Float32Lanes>();
        else Run<BFloat16Lanes>();

        void Run<T>()
            where T : unmanaged, ILanes<T>
        {
            var (count, seen) = (gradient.shape[^2], gradient.shape[^1]);
            RowLoop.Run(gradient.numel() / seen, seen, new BackwardRows<T>
            {
                Probabilities = FusedCpu.Pointer<T>(probabilities),
                Gradient = FusedCpu.Pointer<T>(gradient),
                Start = start,
                Count = count,
                Seen = seen,
                Scale = scale,
            });
        }
    }

    private static void Check(Tensor block, long start) => FusedCpu.Require(
        block.is_contiguous() && start >= 0 && block.shape[^1] == start + block.shape[^2], $"a contiguous block of [count, {start} + count]", block);

    private struct ForwardRows<T> : IRowBody
        where T : unmanaged, ILanes<T>
    {
        public T* Scores;
        public long Start, Count, Seen;
        public float Scale;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long first, long end)
        {
            var (lowest, scale) = (Vector512.Create(float.NegativeInfinity), Vector512.Create(Scale));
            for (var row = first; row < end; row++)
            {
                var scores = Scores + row * Seen;
                var visible = Start + row % Count + 1;
                // The lanes in which what is seen ends; those after it are masked.
                var (whole, seen) = (Lanes.Whole(visible - 1), Lanes.First(visible - Lanes.Whole(visible - 1)));
                var last = Vector512.ConditionalSelect(seen, Lanes.LoadLast(scores, whole, Seen), lowest);

                var highest = last;
                for (long at = 0; at < whole; at += Lanes.Count) highest = Vector512.Max(highest, T.Load(scores + at));
                var shift = Vector512.Create(Lanes.Max(highest) * Scale);

                last = Vector512.ConditionalSelect(seen, Lanes.Exp(last * scale - shift), Vector512<float>.Zero);
                var sums = last;
                for (long at = 0; at < whole; at += Lanes.Count)
                {
                    var value = Lanes.Exp(T.Load(scores + at) * scale - shift);
                    sums += value;
                    T.Store(scores + at, value); // an exponential takes longer than to round twice
                }
                var share = Vector512.Create(1f / Vector512.Sum(sums));
                for (long at = 0; at < whole; at += Lanes.Count) T.Store(scores + at, T.Load(scores + at) * share);
                Lanes.StoreLast(scores, whole, Seen, last * share);
                var cleared = Math.Min(whole + Lanes.Count, Seen);
                new Span<T>(scores + cleared, (int)(Seen - cleared)).Clear();
            }
        }
    }

    private struct BackwardRows<T> : IRowBody
        where T : unmanaged, ILanes<T>
    {
        public T* Probabilities, Gradient;
        public long Start, Count, Seen;
        public float Scale;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long first, long end)
        {
            var scale = Vector512.Create(Scale);
            for (var row = first; row < end; row++)
            {
                var probabilities = Probabilities + row * Seen;
                var gradient = Gradient + row * Seen;
                var visible = Start + row % Count + 1;
                var whole = Lanes.Whole(visible - 1);
                // Probabilities of what is not seen are 0, so nothing has to be masked.
                var (lastShare, lastGradient) = (Lanes.LoadLast(probabilities, whole, Seen), Lanes.LoadLast(gradient, whole, Seen));
                var products = lastShare * lastGradient;
                for (long at = 0; at < whole; at += Lanes.Count) products += T.Load(probabilities + at) * T.Load(gradient + at);
                var along = Vector512.Create(Vector512.Sum(products));
                for (long at = 0; at < whole; at += Lanes.Count)
                    T.Store(gradient + at, T.Load(probabilities + at) * scale * (T.Load(gradient + at) - along));
                Lanes.StoreLast(gradient, whole, Seen, lastShare * scale * (lastGradient - along));
                var cleared = Math.Min(whole + Lanes.Count, Seen);
                new Span<T>(gradient + cleared, (int)(Seen - cleared)).Clear();
            }
        }
    }
}
