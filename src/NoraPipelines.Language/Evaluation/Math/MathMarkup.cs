using System.Text;
using System.Text.RegularExpressions;

namespace NoraPipelines.Evaluation;

/// <summary>Takes off an answer what changes how it looks and not what it says.</summary>
internal static partial class MathMarkup
{
    private static readonly (string Sign, string Latex)[] Signs =
    [
        ("−", "-"), ("–", "-"), ("×", @"\times "), ("·", @"\cdot "), ("∞", @"\infty "), ("π", @"\pi "), ("√", @"\sqrt "),
        ("≤", @"\le "), ("≥", @"\ge "), ("≠", @"\ne "), ("±", @"\pm "), ("∪", @"\cup "), ("°", @"^\circ "), ("\u00A0", " "),
        ("½", @"\frac{1}{2}"), ("¼", @"\frac{1}{4}"), ("¾", @"\frac{3}{4}"), ("²", "^2"), ("³", "^3"), ("€", ""), ("£", ""),
    ];

    /// <summary>Sizes, spaces without meaning, currency, percent and the marks of formulas.</summary>
    private static readonly HashSet<string> Dropped =
    [
        "$", "%", @"\$", @"\%", @"\(", @"\)", @"\[", @"\]", @"\!", @"\,", @"\;", @"\:", @"\>", @"\left", @"\right", @"\displaystyle", @"\textstyle", @"\rm", @"\bf",
        @"\limits", @"\big", @"\Big", @"\bigl", @"\bigr", @"\Bigl", @"\Bigr", @"\bigg", @"\Bigg", @"\biggl", @"\biggr",
    ];

    private static readonly Dictionary<string, string> Renamed = new (string Command, string Name)[]
    {
        (@"\dfrac", @"\frac"), (@"\tfrac", @"\frac"), (@"\cfrac", @"\frac"), (@"\leq", @"\le"), (@"\geq", @"\ge"),
        (@"\neq", @"\ne"), (@"\lbrace", @"\{"), (@"\rbrace", @"\}"), (@"\lbrack", "["), (@"\rbrack", "]"), (@"\ ", " "),
        ("~", " "), (@"\quad", " "), (@"\qquad", " "), (@"\bullet", @"\cdot"), (@"\degree", @"^\circ"), (@"\degrees", @"^\circ"),
    }.ToDictionary(pair => pair.Command, pair => pair.Name);

    private static readonly HashSet<string> UnitCommands = [@"\text", @"\mbox", @"\textrm", @"\mathrm"];

    private static readonly HashSet<string> FontCommands =
        [@"\textbf", @"\textit", @"\textup", @"\textnormal", @"\mathbf", @"\mathit", @"\mathbb", @"\operatorname"];

    public static string Strip(string answer)
    {
        answer = SignedRoot().Replace(answer, @"\sqrt{$1}");
        foreach (var (sign, latex) in Signs) answer = answer.Replace(sign, latex);
        answer = GroupOfThousands().Replace(answer, "").Replace("{bmatrix}", "{pmatrix}");
        var tokens = LatexText.Tokens(answer);
        var text = new StringBuilder();
        for (var i = 0; i < tokens.Count;)
        {
            var token = tokens[i++];
            if (token is @"\left" or @"\right" && i < tokens.Count && tokens[i] == ".") i++;
            else if (token is "^" && Degrees(tokens, ref i)) continue;
            else if (token is @"\boxed" or @"\fbox" && LatexText.Argument(tokens, ref i) is { } boxed) text.Append(Strip(string.Concat(boxed)));
            else if (FontCommands.Contains(token) && LatexText.Argument(tokens, ref i) is { } letters) text.Append(Strip(string.Concat(letters)));
            else if (UnitCommands.Contains(token) && LatexText.Argument(tokens, ref i) is { } words) AppendWords(text, words, tokens, ref i);
            else if (!Dropped.Contains(token)) text.Append(Renamed.GetValueOrDefault(token, token));
        }
        return text.ToString();
    }

    /// <summary>^\circ and ^{\circ}: a degree is the unit of an angle.</summary>
    private static bool Degrees(List<string> tokens, ref int at)
    {
        var behind = at;
        if (LatexText.Argument(tokens, ref behind) is not { } exponent || string.Concat(exponent).Trim() is not (@"\circ" or "°")) return false;
        at = behind;
        return true;
    }

    /// <summary>
    /// Words that end an answer behind a number are its unit, with the power behind them, unless they tell the time of the day; other words
    /// are the answer or a part of it.
    /// </summary>
    private static void AppendWords(StringBuilder text, List<string> words, List<string> tokens, ref int at)
    {
        var content = Strip(string.Concat(words));
        var behind = at;
        if (behind < tokens.Count && tokens[behind] == "^")
        {
            behind++;
            LatexText.Argument(tokens, ref behind);
        }
        var last = tokens.Skip(behind).All(token => token is "." or "$" || string.IsNullOrWhiteSpace(token));
        if (last && IsNumber(text.ToString().TrimEnd()) && IsUnit(content)) at = behind;
        else text.Append(content);
    }

    private static bool IsNumber(string before) =>
        before.Length > 0 && (char.IsDigit(before[^1]) || before[^1] is '}' or ')' or '.' || (char.IsLetter(before[^1]) && before.Any(char.IsDigit)));

    /// <summary>One letter that touches its number is a variable.</summary>
    private static bool IsUnit(string words) =>
        words.Count(char.IsLetter) is var letters && (letters > 1 || (letters == 1 && char.IsWhiteSpace(words[0])))
        && words.Replace(".", "").Trim().ToLowerInvariant() is not ("am" or "pm");

    // {,} and ,\! between digits.
    [GeneratedRegex(@"(?<=[0-9])(?:\{,\}|,\\!)\s*(?=[0-9]{3})", RegexOptions.CultureInvariant)]
    private static partial Regex GroupOfThousands();

    // Beside the sign, unlike beside \sqrt, all digits are under the root.
    [GeneratedRegex(@"√\s*([0-9]+(?:\.[0-9]+)?)", RegexOptions.CultureInvariant)]
    private static partial Regex SignedRoot();
}
