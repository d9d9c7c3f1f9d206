using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// VeRA (Kopiczko et al. 2024): one frozen random pair for the whole model; each projection trains two vectors.
/// <code>
///              ┌──────────── W ────────────┐
///     x [in] ──┤                           + ── h [out]      h = W·x + b ⊙ B·(d ⊙ A·x)
///              └─ A ── ⊙ d ── r ── B ── ⊙ b ┘
///
///     A [r, in], B [out, r]  frozen, model's dtype: slices of the pair that all projections share
///     d [r], b [out]         train, float32       r + out parameters
/// </code>
/// </summary>
public sealed class VeraAdapter : Adapter
{
    /// <summary>d and b are zero until they are set.</summary>
    /// <exception cref="NoraException">The pair is smaller than the projection, or a dropout outside [0, 1).</exception>
    public VeraAdapter(int outFeatures, int inFeatures, VeraPair shared, double dropout)
        : base(outFeatures, inFeatures, dropout)
    {
        if (shared.A.shape[1] < inFeatures || shared.B.shape[0] < outFeatures)
        {
            throw new NoraException($"VeRA's shared pair is for projections up to [{shared.B.shape[0]}, {shared.A.shape[1]}]; this one is "
                + $"[{outFeatures}, {inFeatures}]. Make the pair for the largest.");
        }
        Rank = shared.Rank;
        A = shared.A.narrow(1, 0, inFeatures).DetachFromDisposeScope();
        B = shared.B.narrow(0, 0, outFeatures).DetachFromDisposeScope();
        D = TrainableZeros(shared.A.device, Rank);
        OutputScale = TrainableZeros(shared.A.device, outFeatures);
        Trainable = [new("lambda_d", D), new("lambda_b", OutputScale)];
        Shared = [new("vera_A", shared.A.alias().DetachFromDisposeScope()), new("vera_B", shared.B.alias().DetachFromDisposeScope())];
    }

    public override string Method => "vera";

    public int Rank { get; }

    /// <summary>[r, in]: the columns of the pair's A that this projection uses.</summary>
    public Tensor A { get; }

    /// <summary>[out, r]: the rows of the pair's B that this projection uses.</summary>
    public Tensor B { get; }

    /// <summary>d.</summary>
    public Tensor D { get; }

    /// <summary>b.</summary>
    public Tensor OutputScale { get; }

    public override IReadOnlyList<NamedTensor> Trainable { get; }

    /// <summary>None of its own: the pair is <see cref="Shared"/>.</summary>
    public override IReadOnlyList<NamedTensor> Frozen => [];

    /// <summary>vera_A [r, largest in] and vera_B [largest out, r], whole.</summary>
    public override IReadOnlyList<NamedTensor> Shared { get; }

    /// <summary>Copies b [out] and d [r] into the parameters.</summary>
    /// <exception cref="NoraException">Other shapes.</exception>
    public void SetVectors(Tensor b, Tensor d)
    {
        Set(OutputScale, b, "lambda_b");
        Set(D, d, "lambda_d");
    }

    public override Tensor Forward(Tensor x, Tensor output)
    {
        using var scope = NewDisposeScope();
        var down = nn.functional.linear(Drop(x), A) * D.to(x.dtype); // [.., r]
        var up = nn.functional.linear(down, B) * OutputScale.to(x.dtype); // [.., out]
        return (output + up).MoveToOuterDisposeScope(); // [.., out]
    }

    public override void Dispose()
    {
        A.Dispose();
        B.Dispose();
        base.Dispose();
    }

    /// <summary>d ⊙ A and b ⊙ B: rank r.</summary>
    public override LowRankFactors Fold()
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var a = A.to(ScalarType.Float32) * D.unsqueeze(1); // [r, in]
        var b = B.to(ScalarType.Float32) * OutputScale.unsqueeze(1); // [out, r]
        return new LowRankFactors(a, b).MoveToOuterScope();
    }
}
