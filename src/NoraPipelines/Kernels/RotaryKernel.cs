using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace NoraPipelines.Kernels;

/// <summary>
/// Turns heads (RotaryEmbedding) and lays them head by head for the attention, in one pass; backwards the other way round.
/// <code>
///     y[row, head, token, j] = x[row, token, head, j] · c[token, j] + x[row, token, head, j ± size/2] · s[token, j]
///     dx[row, token, head, j] = dy[row, head, token, j] · c[token, j] + dy[row, head, token, j ± size/2] · s[token, j ± size/2]
/// </code>
/// x [rows, tokens, heads, size] contiguous, float32 or bfloat16; c and s [rows or 1, 1, tokens, size] in x's dtype, contiguous; size a multiple
/// of 32.
/// </summary>
internal static unsafe class RotaryKernel
{
    public static bool Takes(Tensor x) => FusedCpu.Takes(x) && x.shape[^1] % (2 * Lanes.Count) == 0;

    /// <summary>x [rows, tokens, heads, size] → y [rows, heads, tokens, size], contiguous.</summary>
    public static Tensor Forward(Tensor x, Tensor cosine, Tensor sine) => Turn(x, cosine, sine, backward: false);

    /// <summary>dy [rows, heads, tokens, size] → dx [rows, tokens, heads, size], contiguous.</summary>
    public static Tensor Backward(Tensor outputGradient, Tensor cosine, Tensor sine) => Turn(outputGradient, cosine, sine, backward: true);

    private static Tensor Turn(Tensor from, Tensor cosine, Tensor sine, bool backward)
    {
        using var scope = NewDisposeScope();
        from = from.contiguous();
        var (rows, size) = (from.shape[0], from.shape[3]);
        var (tokens, heads) = backward ? (from.shape[2], from.shape[1]) : (from.shape[1], from.shape[2]);
        var to = empty(backward ? [rows, tokens, heads, size] : [rows, heads, tokens, size], from.dtype, from.device);
        (cosine, sine) = (cosine.contiguous(), sine.contiguous());
        FusedCpu.Require(
            FusedCpu.Alike(cosine, sine) && cosine.dtype == from.dtype && cosine.shape[^1] == size
                && (cosine.numel() == tokens * size || (cosine.shape[0] == rows && cosine.numel() == rows * tokens * size)),
            "angles of each token, of x's dtype", from, cosine, sine);
        if (from.dtype == ScalarType.Float32) Run<Float32Lanes>();
        else Run<BFloat16Lanes>();
        return to.MoveToOuterDisposeScope();

        void Run<T>()
            where T : unmanaged, ILanes<T> => RowLoop.Run(rows * tokens, heads * size, new Tokens<T>
            {
                From = FusedCpu.Pointer<T>(from),
                To = FusedCpu.Pointer<T>(to),
                Cosine = FusedCpu.Pointer<T>(cosine),
                Sine = FusedCpu.Pointer<T>(sine),
                Count = tokens,
                Heads = heads,
                Size = size,
                OwnAngles = cosine.shape[0] > 1,
                Backward = backward,
            });
    }

    private struct Tokens<T> : IRowBody
        where T : unmanaged, ILanes<T>
    {
        public T* From, To, Cosine, Sine;
        public long Count, Heads, Size;
        public bool OwnAngles, Backward;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long first, long end)
        {
            var half = Size / 2;
            for (var place = first; place < end; place++)
            {
                var (row, token) = (place / Count, place % Count);
                var angle = (OwnAngles ? place : token) * Size;
                var cosine = Cosine + angle;
                var sine = Sine + angle;
                for (long head = 0; head < Heads; head++)
                {
                    var byToken = (place * Heads + head) * Size;
                    var byHead = ((row * Heads + head) * Count + token) * Size;
                    var from = From + (Backward ? byHead : byToken);
                    var to = To + (Backward ? byToken : byHead);
                    for (long j = 0; j < half; j += Lanes.Count)
                    {
                        var (low, high) = (T.Load(from + j), T.Load(from + half + j));
                        var (lowSine, highSine) = (T.Load(sine + j), T.Load(sine + half + j));
                        if (Backward) (lowSine, highSine) = (highSine, lowSine);
                        T.Store(to + j, T.Round(low * T.Load(cosine + j)) + high * lowSine);
                        T.Store(to + half + j, T.Round(high * T.Load(cosine + half + j)) + low * highSine);
                    }
                }
            }
        }
    }
}
