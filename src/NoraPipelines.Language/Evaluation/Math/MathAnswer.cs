using System.Text.RegularExpressions;

namespace NoraPipelines.Evaluation;

/// <summary>
/// One form for all spellings of an answer of MATH (Hendrycks et al. 2021), so that two answers are equal if their forms are. Written
/// after the benchmark's own rules (hendrycks/math, math_equivalence.py), and further where those leave equal numbers apart; no
/// algebra: x+1 and 1+x stay two answers. docs/evaluation.md lists the rules.
/// </summary>
public static partial class MathAnswer
{
    /// <summary>Whether two answers are spellings of one.</summary>
    public static bool AreEqual(string left, string right) => Form(left) == Form(right);

    /// <summary>The form that answers are compared in.</summary>
    public static string Form(string answer)
    {
        var text = WithoutUnits(MathMarkup.Strip(answer).Trim());
        text = Name().Replace(text, ""); // "x = 5" answers 5
        text = Thousands().Replace(text, match => match.Value.Replace(",", ""));
        text = Spaces().Replace(text, match => match.Groups["kept"].Success ? " " : "").TrimEnd('.', ',', ';', ':');
        text = LatexArguments.Normalise(BareDecimal().Replace(text, "0."));
        text = Choice().Replace(text, "$1");
        return MathElements.Form(text);
    }

    /// <summary>A number's unit in plain words: "12 miles per hour", "5 square feet".</summary>
    private static string WithoutUnits(string text)
    {
        while (Unit().Match(text) is { Success: true } match) text = text[..match.Index].TrimEnd();
        return text;
    }

    // A variable, with an index or without, or a function of one; no second equals sign behind it.
    [GeneratedRegex(@"^[A-Za-z](?:_\{?\w+\}?)?(?:\([A-Za-z]\))?\s*(?:=|\\in(?![A-Za-z]))\s*(?=[^=]+$)", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    // Without spaces and from the beginning: 1,234 is a number, 1, 234 and (1,234) hold two.
    [GeneratedRegex(@"^[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])", RegexOptions.CultureInvariant)]
    private static partial Regex Thousands();

    // All but one that keeps a command from a letter: \cot x.
    [GeneratedRegex(@"(?<kept>(?<=\\[A-Za-z]+)\s+(?=[A-Za-z]))|\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();

    // A letter of a multiple choice.
    [GeneratedRegex(@"^\(([A-Za-z])\)$", RegexOptions.CultureInvariant)]
    private static partial Regex Choice();

    [GeneratedRegex(@"(?<![0-9])\.(?=[0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex BareDecimal();

    [GeneratedRegex(@"(?<=[0-9}\)])\s+(?:(?:square|cubic|sq|cu)\.?\s+)?(?:units?|dollars?|cents?|percent|degrees?|radians?|inch|inches|feet|
        foot|ft|yards?|yd|miles?|mi|meters?|metres?|centimeters?|centimetres?|cm|millimeters?|mm|kilometers?|kilometres?|km|mph|kph|
        seconds?|sec|minutes?|min|hours?|hrs?|days?|weeks?|months?|years?|grams?|kilograms?|kg|pounds?|lbs?|ounces?|oz|gallons?|liters?|
        litres?|ml|points?|students?|people|ways?|times?|apples?|books?|cookies?|marbles?|coins?|edges?|digits?|integers?|numbers?|solutions?
        |(?:miles|feet|meters|kilometers)\s+per\s+(?:hour|second|minute))(?:\s*\^\s*\{?[0-9]\}?)?\.?$",
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Unit();
}
