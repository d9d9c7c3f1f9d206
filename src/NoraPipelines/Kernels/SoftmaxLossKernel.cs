using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Kernels;

/// <summary>
/// Cross-entropy of rows of logits, which are overwritten with its gradient.
/// <code>
///     loss = log Σ exp(z − max z) + max z − z[target]           dz = softmax(z) − one-hot(target)
/// </code>
/// z [rows, vocabulary] contiguous, float32 or bfloat16; targets [rows] int64 within the vocabulary; losses [rows] float32.
/// </summary>
internal static unsafe class SoftmaxLossKernel
{
    /// <param name="overwrite">Whether the gradient is wanted.</param>
    /// <returns>The rows' losses, [rows] float32.</returns>
    /// <exception cref="ArgumentException">A target outside the vocabulary.</exception>
    public static Tensor Losses(Tensor logits, Tensor targets, bool overwrite)
    {
        FusedCpu.Require(
            logits.device_type == DeviceType.CPU && targets.device_type == DeviceType.CPU && logits.dim() == 2 && logits.is_contiguous() && targets.dtype == ScalarType.Int64 && targets.numel() == logits.shape[0],
            "contiguous rows of logits in the computer's memory and an int64 target for each", logits, targets);
        using var scope = NewDisposeScope();
        targets = targets.contiguous();
        foreach (var target in targets.data<long>())
        {
            if (target < 0 || target >= logits.shape[1])
                throw new ArgumentException($"A target is {target}; expected 0 to {logits.shape[1] - 1}.", nameof(targets));
        }
        var losses = empty([logits.shape[0]], ScalarType.Float32, logits.device);
        if (logits.dtype == ScalarType.Float32) Run<Float32Lanes>();
        else Run<BFloat16Lanes>();
        return losses.MoveToOuterDisposeScope();

        void Run<T>()
            where T : unmanaged, ILanes<T> => RowLoop.Run(logits.shape[0], logits.shape[1], new Rows<T>
            {
                Logits = FusedCpu.Pointer<T>(logits),
                Targets = FusedCpu.Pointer<long>(targets),
                Losses = FusedCpu.Pointer<float>(losses),
                Vocabulary = logits.shape[1],
                Overwrite = overwrite,
            });
    }

    private struct Rows<T> : IRowBody
        where T : unmanaged, ILanes<T>
    {
        public T* Logits;
        public long* Targets;
        public float* Losses;
        public long Vocabulary;
        public bool Overwrite;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long first, long end)
        {
            var (whole, rest) = (Lanes.Whole(Vocabulary), Vocabulary - Lanes.Whole(Vocabulary));
            var lowest = Vector512.Create(float.NegativeInfinity);
            for (var row = first; row < end; row++)
            {
                var z = Logits + row * Vocabulary;
                var highest = lowest;
                for (long at = 0; at < whole; at += Lanes.Count) highest = Vector512.Max(highest, T.Load(z + at)); // not a number stays that
                if (rest > 0)
                    highest = Vector512.Max(highest, Vector512.ConditionalSelect(Lanes.First(rest), Lanes.LoadRest(z + whole, rest), lowest));
                var max = Lanes.Max(highest);

                var (sums, shift) = (Vector512<float>.Zero, Vector512.Create(max));
                for (long at = 0; at < whole; at += Lanes.Count) sums += Lanes.Exp(T.Load(z + at) - shift);
                if (rest > 0)
                    sums += Vector512.ConditionalSelect(Lanes.First(rest), Lanes.Exp(Lanes.LoadRest(z + whole, rest) - shift), Vector512<float>.Zero);
                var normalizer = max + MathF.Log(Vector512.Sum(sums));
                var target = Targets[row];
                var ofTarget = Lanes.LoadRest(z + target, 1)[0];
                Losses[row] = normalizer - ofTarget;
                if (!Overwrite) continue;
                shift = Vector512.Create(normalizer);
                for (long at = 0; at < whole; at += Lanes.Count) T.Store(z + at, Lanes.Exp(T.Load(z + at) - shift));
                if (rest > 0) Lanes.StoreRest(z + whole, rest, Lanes.Exp(Lanes.LoadRest(z + whole, rest) - shift));
                Lanes.StoreRest(z + target, 1, Vector512.Create(MathF.Exp(ofTarget - normalizer) - 1f));
            }
        }
    }
}
