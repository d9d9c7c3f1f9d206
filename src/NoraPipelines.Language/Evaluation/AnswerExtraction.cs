using System.Text.RegularExpressions;

namespace NoraPipelines.Evaluation;

/// <summary>
/// Finds the number that a text answers with. A number: digits, with thousands separated by commas or not, with decimals or not;
/// "$", "%" and units around it mean nothing; a minus counts where it touches the number and nothing is before it to subtract from;
/// "3/4", "2 1/2" and "\frac{3}{4}" are evaluated exactly. A quotient by zero is no number.
/// </summary>
public static partial class AnswerExtraction
{
    /// <summary>What MetaMath's answers announce the result with.</summary>
    public const string Marker = "The answer is:";

    /// <summary>What GSM8K's reference answers announce the result with, in a line of its own.</summary>
    public const string GoldMarker = "#### ";

    /// <summary>The first number after the last <see cref="Marker"/>; in a text without a marker, the last number.</summary>
    public static Rational? Final(string output) => AfterMarker(output) is { } answer ? First(answer) : Last(output);

    /// <summary>The text after the last <see cref="Marker"/>; null without a marker.</summary>
    public static string? AfterMarker(string output)
    {
        var at = output.LastIndexOf(Marker, StringComparison.Ordinal);
        return at < 0 ? null : output[(at + Marker.Length)..];
    }

    /// <summary>The number of GSM8K's reference answer: what follows the last "#### " in its line; null if that is no number.</summary>
    public static Rational? Gold(string answer)
    {
        var at = answer.LastIndexOf(GoldMarker, StringComparison.Ordinal);
        if (at < 0) return null;
        var line = answer[(at + GoldMarker.Length)..].Split('\n')[0].Trim().TrimEnd('.');
        return Number().Match(line) is { Success: true } match && match.Length == line.TrimEnd('%').Length ? Value(match) : null;
    }

    public static Rational? First(string text) => Number().Match(text) is { Success: true } match ? Value(match) : null;

    public static Rational? Last(string text)
    {
        Match? last = null;
        for (var match = Number().Match(text); match.Success; match = match.NextMatch()) last = match;
        return last is null ? null : Value(last);
    }

    private static Rational? Value(Match match)
    {
        var numerator = Digits(match, "number") ?? Digits(match, "numerator");
        var denominator = Digits(match, "denominator");
        if (denominator is { Numerator.IsZero: true }) return null;
        var value = denominator is { } divisor ? numerator!.Value / divisor : numerator!.Value;
        if (Digits(match, "whole") is { } whole) value += whole;
        return match.Groups["minus"].Success ? -value : value;
    }

    private static Rational? Digits(Match match, string group) =>
        match.Groups[group] is { Success: true } found ? Rational.Parse(found.Value.Replace(",", "")) : null;

    // Grouped by thousands, or as in India (1,00,000), or not at all. A comma elsewhere ends the number.
    private const string Integer = @"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?![0-9])|[0-9]+)";

    [GeneratedRegex(@"
        (?: (?<![\w)\]}.%]) (?<minus>[-−]) | \+ )?          # a sign, where there is nothing to subtract from
        (?: \\?[$€£] \s? (?<minus>[-−])? )?                 # $5, -$5, $-5
        (?:
            \\[dt]?frac \s? \{ (?<numerator>[0-9]+) \} \s? \{ (?<denominator>[0-9]+) \}
          | (?<whole>[0-9]+) [ ] (?<numerator>[0-9]+) / (?<denominator>[0-9]+) (?![0-9.,/]*[0-9])
          | (?<number> " + Integer + @" (?:\.[0-9]+)? | \.[0-9]+ ) (?: [ ]?/[ ]? (?<denominator> " + Integer + @" (?:\.[0-9]+)? ) )?
        )", RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
