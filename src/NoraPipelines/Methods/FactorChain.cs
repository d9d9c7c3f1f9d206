using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>Products of several factors as one of two, of the smallest rank that is exact.</summary>
internal static class FactorChain
{
    /// <summary>scale · F₁·F₂·…, cut where the chain is narrowest; float32, in the caller's dispose scope.</summary>
    /// <param name="factors">At least two, left to right.</param>
    public static LowRankFactors Fold(double scale, params Tensor[] factors)
    {
        using var scope = NewDisposeScope();
        var cut = Enumerable.Range(1, factors.Length - 1).MinBy(index => factors[index].shape[0]);
        var left = Product(factors[..cut]) * scale; // [out, rank]
        var right = Product(factors[cut..]); // [rank, in]
        return new LowRankFactors(right, left).MoveToOuterScope();
    }

    /// <summary>The sum of two products, of the sum of their ranks; no rank above the smaller side of the matrix.</summary>
    public static LowRankFactors Sum(LowRankFactors first, LowRankFactors second)
    {
        using var scope = NewDisposeScope();
        var a = cat([first.A, second.A], 0); // [rank, in]
        var b = cat([first.B, second.B], 1); // [out, rank]
        var (rank, rows, columns) = (a.shape[0], b.shape[0], a.shape[1]);
        if (rank > rows && rows <= columns) (a, b) = (b.mm(a), eye(rows, device: a.device));
        else if (rank > columns) (a, b) = (eye(columns, device: a.device), b.mm(a));
        return new LowRankFactors(a, b).MoveToOuterScope();
    }

    private static Tensor Product(Tensor[] factors)
    {
        var product = factors[0].detach().to(ScalarType.Float32);
        // A copy, where nothing was multiplied: the adapter goes on with its own.
        return factors.Length == 1 ? product.clone() : factors.Skip(1).Aggregate(product, (left, right) => left.mm(right.detach().to(ScalarType.Float32)));
    }
}
