using static TorchSharp.torch;

namespace NoraPipelines.Adapters;

/// <summary>An adapter around an outer pair B·A ≈ W of rank r, which an initialiser takes from the weight.</summary>
// A [r, in], B [out, r].
public abstract class OuterPairAdapter : Adapter
{
    private protected OuterPairAdapter(int outFeatures, int inFeatures, int outerRank, double alpha, double dropout)
        : base(outFeatures, inFeatures, dropout)
    {
        var largest = Math.Min(outFeatures, inFeatures);
        if (outerRank < 1 || outerRank > largest)
        {
            throw new NoraException(
                $"The outer rank is {outerRank}; a [{outFeatures}, {inFeatures}] projection allows 1 to {largest}.");
        }
        OuterRank = outerRank;
        Scale = alpha / outerRank;
    }

    public int OuterRank { get; }

    /// <summary>s = alpha / r.</summary>
    public double Scale { get; }

    /// <summary>Copies b [out, r] and a [r, in], rounding them to the dtype of the adapter's own.</summary>
    /// <exception cref="NoraException">Other shapes.</exception>
    public abstract void SetOuter(Tensor b, Tensor a);
}
