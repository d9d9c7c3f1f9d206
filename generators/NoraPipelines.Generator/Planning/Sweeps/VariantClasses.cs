using System.Globalization;
using System.Text;

namespace NoraPipelines.Generator.Planning.Sweeps;

/// <summary>Classes of variants: table-5's awsvd → Table5Awsvd.</summary>
internal static class VariantClasses
{
    /// <summary>What follows the sweep's own class, different for every name: Awsvd, Std0_02, _64.</summary>
    public static IReadOnlyList<string> Suffixes(IReadOnlyList<string> names)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var suffixes = new List<string>();
        foreach (var name in names)
        {
            var suffix = Of(name);
            var unique = suffix;
            for (var number = 2; !taken.Add(unique); number++) unique = suffix + "_" + number.ToString(CultureInfo.InvariantCulture);
            suffixes.Add(unique);
        }
        return suffixes;
    }

    /// <summary>Words in Pascal case; digits that something parts stay parted.</summary>
    private static string Of(string name)
    {
        var text = new StringBuilder();
        var start = true;
        foreach (var letter in name)
        {
            var valid = letter is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9');
            if (valid && start && IsDigit(letter) && (text.Length == 0 || IsDigit(text[text.Length - 1]))) text.Append('_');
            if (valid) text.Append(start ? char.ToUpperInvariant(letter) : letter);
            start = !valid;
        }
        return text.ToString();
    }

    private static bool IsDigit(char letter) => letter is >= '0' and <= '9';
}
