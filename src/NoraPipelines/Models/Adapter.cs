using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>
/// What is added to the output of one <see cref="LinearProjection"/>. Owns its tensors. Parameters that train are float32 whatever the
/// model's dtype, and so are their gradients; the forward pass casts them to the dtype of its input.
/// </summary>
// Legend for all adapters: in, out = widths of the projection, .. = leading dimensions of its input (rows, tokens).
public abstract class Adapter : IDisposable
{
    protected Adapter(int outFeatures, int inFeatures, double dropout)
    {
        if (dropout is not (>= 0 and < 1)) throw new NoraException($"Dropout is {dropout}; it must be at least 0 and below 1.");
        (OutFeatures, InFeatures, Dropout) = (outFeatures, inFeatures, dropout);
    }

    /// <summary>The spec's `adapter.method`.</summary>
    public abstract string Method { get; }

    public int OutFeatures { get; }

    public int InFeatures { get; }

    /// <summary>Share of the adapter's inputs that is set to zero while <see cref="Training"/>, the rest scaled up.</summary>
    public double Dropout { get; }

    /// <summary>Whether dropout acts. Off at first.</summary>
    public bool Training { get; set; }

    /// <summary>Parameters that train: float32, gradients required; names are local (inner_a).</summary>
    public abstract IReadOnlyList<NamedTensor> Trainable { get; }

    /// <summary>Tensors of the adapter that never change in training; names are local (outer_a).</summary>
    public abstract IReadOnlyList<NamedTensor> Frozen { get; }

    /// <summary>Frozen tensors that all adapters of the model have in common, by the same names: handles on the same memory.</summary>
    public virtual IReadOnlyList<NamedTensor> Shared => [];

    /// <summary>
    /// x [.., in] and the projection's own output [.., out] → the adapted output [.., out], same dtype; the output given may be overwritten.
    /// </summary>
    public abstract Tensor Forward(Tensor x, Tensor output);

    /// <summary>ΔW as two factors of the smallest rank, computed in float32; null where ΔW has no low rank (DoRA's rows are rescaled).</summary>
    public abstract LowRankFactors? Fold();

    /// <summary>ΔW, [out, in] float32: what merging adds to the weight.</summary>
    public virtual Tensor Delta()
    {
        using var scope = NewDisposeScope();
        var factors = Fold() ?? throw new InvalidOperationException($"{Method} has no factors, so it must compute its own ΔW.");
        return factors.Product().MoveToOuterDisposeScope();
    }

    internal bool DropsOut => Training && Dropout > 0;

    /// <summary>The product that computes this adapter together with those of other projections of one x; null: it runs alone.</summary>
    internal virtual IJointProduct? Joint => null;

    /// <summary>Rank of the plain LoRA in PEFT's form that the adapter can go on from; null: it goes on from none.</summary>
    internal virtual int? StartRank => null;

    /// <summary>The end of a sentence that begins with "the spec's": is 8.</summary>
    internal virtual string StartRankInWords => $"is {StartRank}";

    /// <summary>Takes over a plain LoRA of <see cref="StartRank"/>: the same function, whatever its scale.</summary>
    /// <param name="a">[rank, in] float32.</param>
    /// <param name="b">[out, rank] float32.</param>
    /// <param name="scale">That of the LoRA: ΔW = scale·b·a.</param>
    internal virtual void GoOnFrom(Tensor a, Tensor b, double scale) =>
        throw new InvalidOperationException($"A {Method} adapter goes on from no plain LoRA; ask for its StartRank first.");

    public virtual void Dispose()
    {
        foreach (var (_, value) in Trainable) value.Dispose();
        foreach (var (_, value) in Frozen) value.Dispose();
        foreach (var (_, value) in Shared) value.Dispose();
    }

    /// <summary>x after dropout.</summary>
    protected Tensor Drop(Tensor x) => DropsOut ? nn.functional.dropout(x, Dropout, training: true) : x;

    /// <summary>output + scale · u·Bᵀ in one product, which a matrix takes up in place: u [.., rank], b [out, rank].</summary>
    protected static Tensor AddProduct(Tensor output, Tensor u, Tensor b, double scale)
    {
        if (output.dim() == 2) return output.addmm_(u, b.t(), alpha: (float)scale);
        return output.reshape(-1, b.shape[0]).addmm(u.reshape(-1, b.shape[1]), b.t(), alpha: (float)scale).view(output.shape);
    }

    /// <summary>A float32 tensor of zeros that trains and lives as long as the adapter.</summary>
    protected static Tensor TrainableZeros(Device device, params long[] dimensions) =>
        zeros(dimensions, ScalarType.Float32, device).requires_grad_(true).DetachFromDisposeScope();

    /// <summary>Copies <paramref name="value"/> into a tensor of the adapter.</summary>
    /// <exception cref="NoraException">Another shape.</exception>
    protected void Set(Tensor target, Tensor value, string name)
    {
        if (!target.shape.SequenceEqual(value.shape))
        {
            throw new NoraException(
                $"{Method}: {name} is [{string.Join(", ", value.shape)}]; this adapter of a [{OutFeatures}, {InFeatures}] projection " +
                $"needs [{string.Join(", ", target.shape)}].");
        }
        using var noGradient = no_grad();
        target.copy_(value);
    }
}
