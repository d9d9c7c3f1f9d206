using System.Globalization;
using System.Text.RegularExpressions;

namespace NoraPipelines.Plans;

/// <summary>Scalars by YAML 1.2's core schema, in the invariant culture: 7.0e-3 is a number, "7" a text, yes a word.</summary>
internal static class ScalarReader
{
    private static readonly Regex WholeForm = new("^[-+]?[0-9]+$", RegexOptions.CultureInvariant);
    private static readonly Regex NumberForm = new(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant);

    /// <summary>The whole number, or null; one beyond 64 bits is none.</summary>
    public static long? Whole(ScalarNode node) =>
        !node.Quoted && WholeForm.IsMatch(node.Text)
            && long.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    public static double? Number(ScalarNode node) =>
        !node.Quoted && NumberForm.IsMatch(node.Text)
            && double.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && !double.IsInfinity(value)
            ? value
            : null;

    public static bool? Switch(ScalarNode node) => node.Quoted ? null : node.Text switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => null,
    };

    /// <summary>Whether the scalar is a text: quoted, or nothing else that YAML knows.</summary>
    public static bool IsText(ScalarNode node) =>
        node.Quoted || (!node.IsNull && Switch(node) is null && !NumberForm.IsMatch(node.Text));
}
