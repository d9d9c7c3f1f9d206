using System.Globalization;
using System.Numerics;

namespace NoraPipelines.Evaluation;

/// <summary>A number without rounding: 0.5, 1/2 and 50/100 are one value.</summary>
public readonly record struct Rational
{
    private Rational(BigInteger numerator, BigInteger denominator) => (Numerator, Denominator) = (numerator, denominator);

    public BigInteger Numerator { get; }

    /// <summary>Positive, and without a common factor with the numerator.</summary>
    public BigInteger Denominator { get; }

    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    public static Rational Of(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero) throw new DivideByZeroException();
        var common = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        return new Rational(numerator / common, denominator / common);
    }

    /// <summary>Digits with at most one point and no sign, such as "12", "0.50" and ".5".</summary>
    public static Rational Parse(string digits)
    {
        var point = digits.IndexOf('.');
        var decimals = point < 0 ? 0 : digits.Length - point - 1;
        var scaled = BigInteger.Parse(digits.Replace(".", ""), NumberStyles.None, CultureInfo.InvariantCulture);
        return Of(scaled, BigInteger.Pow(10, decimals));
    }

    public static Rational operator +(Rational left, Rational right) =>
        Of(left.Numerator * right.Denominator + right.Numerator * left.Denominator, left.Denominator * right.Denominator);

    public static Rational operator /(Rational left, Rational right) =>
        Of(left.Numerator * right.Denominator, left.Denominator * right.Numerator);

    public static Rational operator -(Rational value) => new(-value.Numerator, value.Denominator);

    /// <summary>"42", "-3/4": the shortest exact form.</summary>
    public override string ToString() => Denominator.IsOne
        ? Numerator.ToString(CultureInfo.InvariantCulture)
        : $"{Numerator.ToString(CultureInfo.InvariantCulture)}/{Denominator.ToString(CultureInfo.InvariantCulture)}";
}
