using System.Text.RegularExpressions;

namespace NoraPipelines.Evaluation;

/// <summary>One element of an answer: a number by its value, a quotient as a fraction, a word in lower case.</summary>
internal static partial class MathValue
{
    /// <param name="text">Without spaces, its arguments in one form.</param>
    public static string Form(string text)
    {
        if (Word().IsMatch(text)) return text.ToLowerInvariant();
        var sign = "";
        var bare = text;
        while (bare.Length > 1 && bare[0] is '-' or '+')
        {
            if (bare[0] == '-') sign = sign == "-" ? "" : "-";
            bare = bare[1..];
        }
        if (Value(bare) is { } value) return (sign == "-" ? -value : value).ToString();
        if (bare is @"\infty") return sign + bare;
        return Quotient().Match(bare) is { Success: true } quotient
            ? $@"{sign}\frac{{{quotient.Groups["over"].Value}}}{{{quotient.Groups["under"].Value}}}"
            : (sign.Length == 0 ? "" : "-") + bare;
    }

    private static Rational? Value(string text)
    {
        if (Number().Match(text) is not { Success: true } match) return null;
        var value = Digits(match, "number") ?? Digits(match, "over")!.Value;
        if (Digits(match, "under") is { } under)
        {
            if (under.Numerator.IsZero) return null;
            value /= under;
        }
        return Digits(match, "whole") is { } whole ? value + whole : value;
    }

    private static Rational? Digits(Match match, string group) =>
        match.Groups[group] is { Success: true } found ? Rational.Parse(found.Value) : null;

    // 12, 1.50, 3/4, \frac{3}{4}, 1\frac{3}{4}; the digits of a power of ten or of another base are no number of their own.
    [GeneratedRegex(@"^(?: (?<number>[0-9]+(?:\.[0-9]+)?) (?:/(?<under>[0-9]+(?:\.[0-9]+)?))?
        | (?<whole>[0-9]+)? \\frac\{(?<over>[0-9]+(?:\.[0-9]+)?)\}\{(?<under>[0-9]+(?:\.[0-9]+)?)\} )$",
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    // One slash between two products: \sqrt{3}/2, 2\pi/3, x/y.
    [GeneratedRegex(@"^(?<over>[^/+\-=<>,&\\]*(?:\\(?:sqrt(?:\[[0-9]\])?\{[^{}]*\}|pi))?[^/+\-=<>,&\\]*)/(?<under>[0-9]+|[A-Za-z]|\\pi|\\sqrt\{[^{}]*\})$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Quotient();

    [GeneratedRegex("^[A-Za-z]{3,}$", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
