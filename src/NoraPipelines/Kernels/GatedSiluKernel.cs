using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace NoraPipelines.Kernels;

/// <summary>
/// silu(gate) ⊙ up and both its gradients, one pass each. All tensors contiguous, of one shape, float32 or bfloat16.
/// <code>
///     y = silu(gate) ⊙ up         d up = dy ⊙ silu(gate)         d gate = dy ⊙ up ⊙ σ(gate) ⊙ (1 + gate ⊙ (1 − σ(gate)))
/// </code>
/// </summary>
internal static unsafe class GatedSiluKernel
{
    // A tensor of one shape has no rows of its own; pieces of this many values are shared out.
    private const long Piece = 4096;

    public static Tensor Forward(Tensor gate, Tensor up)
    {
        FusedCpu.Require(FusedCpu.Alike(gate, up), "gate and up alike", gate, up);
        using var scope = NewDisposeScope();
        (gate, up) = (gate.contiguous(), up.contiguous());
        var y = empty_like(gate);
        if (gate.dtype == ScalarType.Float32) Run<Float32Lanes>();
        else Run<BFloat16Lanes>();
        return y.MoveToOuterDisposeScope();

        void Run<T>()
            where T : unmanaged, ILanes<T> => RowLoop.Run(Pieces(gate), Piece, new ForwardPieces<T>
            {
                Gate = FusedCpu.Pointer<T>(gate),
                Up = FusedCpu.Pointer<T>(up),
                Y = FusedCpu.Pointer<T>(y),
                Count = gate.numel(),
            });
    }

    /// <returns>d gate and d up.</returns>
    public static (Tensor Gate, Tensor Up) Backward(Tensor gate, Tensor up, Tensor outputGradient)
    {
        FusedCpu.Require(FusedCpu.Alike(gate, up) && FusedCpu.Alike(gate, outputGradient), "gate, up and gradient alike", gate, up, outputGradient);
        using var scope = NewDisposeScope();
        (gate, up, outputGradient) = (gate.contiguous(), up.contiguous(), outputGradient.contiguous());
        var (ofGate, ofUp) = (empty_like(gate), empty_like(gate));
        if (gate.dtype == ScalarType.Float32) Run<Float32Lanes>();
        else Run<BFloat16Lanes>();
        return (ofGate.MoveToOuterDisposeScope(), ofUp.MoveToOuterDisposeScope());

        void Run<T>()
            where T : unmanaged, ILanes<T> => RowLoop.Run(Pieces(gate), Piece, new BackwardPieces<T>
            {
                Gate = FusedCpu.Pointer<T>(gate),
                Up = FusedCpu.Pointer<T>(up),
                OutputGradient = FusedCpu.Pointer<T>(outputGradient),
                OfGate = FusedCpu.Pointer<T>(ofGate),
                OfUp = FusedCpu.Pointer<T>(ofUp),
                Count = gate.numel(),
            });
    }

    private static long Pieces(Tensor x) => (x.numel() + Piece - 1) / Piece;

    private struct ForwardPieces<T> : IRowBody
        where T : unmanaged, ILanes<T>
    {
        public T* Gate, Up, Y;
        public long Count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long first, long end)
        {
            var (at, stop) = (first * Piece, Math.Min(Count, end * Piece));
            for (; at + Lanes.Count <= stop; at += Lanes.Count) T.Store(Y + at, Product(T.Load(Gate + at), T.Load(Up + at)));
            var rest = stop - at;
            if (rest > 0) Lanes.StoreRest(Y + at, rest, Product(Lanes.LoadRest(Gate + at, rest), Lanes.LoadRest(Up + at, rest)));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<float> Product(Vector512<float> gate, Vector512<float> up) => T.Round(Lanes.Silu(gate).Silu) * up;
    }

    private struct BackwardPieces<T> : IRowBody
        where T : unmanaged, ILanes<T>
    {
        public T* Gate, Up, OutputGradient, OfGate, OfUp;
        public long Count;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long first, long end)
        {
            var (at, stop) = (first * Piece, Math.Min(Count, end * Piece));
            for (; at + Lanes.Count <= stop; at += Lanes.Count)
            {
                var (ofGate, ofUp) = Gradients(T.Load(Gate + at), T.Load(Up + at), T.Load(OutputGradient + at));
                T.Store(OfGate + at, ofGate);
                T.Store(OfUp + at, ofUp);
            }
            var rest = stop - at;
            if (rest <= 0) return;
            var last = Gradients(Lanes.LoadRest(Gate + at, rest), Lanes.LoadRest(Up + at, rest), Lanes.LoadRest(OutputGradient + at, rest));
            Lanes.StoreRest(OfGate + at, rest, last.OfGate);
            Lanes.StoreRest(OfUp + at, rest, last.OfUp);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static (Vector512<float> OfGate, Vector512<float> OfUp) Gradients(Vector512<float> gate, Vector512<float> up, Vector512<float> gradient)
        {
            var (silu, sigma) = Lanes.Silu(gate);
            return (gradient * up * (sigma * (Vector512<float>.One + gate * (Vector512<float>.One - sigma))), gradient * silu);
        }
    }
}
