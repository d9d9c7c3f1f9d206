using NoraPipelines.Export;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>An adapter around an outer pair B·A ≈ W of rank r, which a start takes from the weight.</summary>
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

    /// <summary>r′; null where what trains between or beside the factors is square.</summary>
    public abstract int? InnerRank { get; }

    /// <summary>How nested.json describes what trains; null: one pair, or one square matrix, between the factors.</summary>
    internal virtual NestedStructure? NestedStructure => null;

    /// <summary>s = alpha / r.</summary>
    public double Scale { get; }

    /// <summary>Copies b [out, r] and a [r, in], rounding them to the dtype of the adapter's own.</summary>
    /// <exception cref="NoraException">Other shapes.</exception>
    public abstract void SetOuter(Tensor b, Tensor a);
}
