using NoraPipelines.Data;

namespace NoraPipelines.Shipped.Problems;

/// <summary>Rows of bare arithmetic, without a question: many results in few tokens. What a story asks is learnt sooner than what 62 - 36 is.</summary>
internal static class ArithmeticRows
{
    private const int StepsInARow = 6;

    public static Example Row(Draw draw) =>
        new("", string.Join(' ', Enumerable.Range(0, StepsInARow).Select(_ => Step(draw))));

    private static string Step(Draw draw)
    {
        var kind = draw.Between(0, 5);
        if (kind <= 1)
        {
            var (a, b) = draw.Addends();
            return Worked.Sum(a, b);
        }
        if (kind <= 3)
        {
            var (a, b) = draw.WholeAndPart();
            return Worked.Difference(a, b);
        }
        var (c, d) = draw.Factors();
        return kind == 4 ? Worked.Product(c, d) : Worked.Quotient(c * d, d);
    }
}
