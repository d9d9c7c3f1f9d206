using System.Globalization;
using Microsoft.CodeAnalysis.CSharp;

namespace NoraPipelines.Generator.Emission;

/// <summary>Values as C# writes them.</summary>
internal static class CSharp
{
    public static string Text(string value) => SymbolDisplay.FormatLiteral(value, quote: true);

    /// <summary>The shortest text that reads back as the same number, always with a point or an exponent.</summary>
    public static string Number(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.IndexOfAny(['.', 'E', 'e']) >= 0 ? text : text + ".0";
    }

    public static string Number(double? value) => value is { } number ? Number(number) : "null";

    /// <param name="grouped">114_688 instead of 114688.</param>
    public static string Number(long value, bool grouped = false) =>
        value.ToString(grouped ? "N0" : "D", CultureInfo.InvariantCulture).Replace(',', '_');

    public static string Flag(bool value) => value ? "true" : "false";

    public static string Member<T>(T value) where T : struct, Enum => typeof(T).Name + "." + value;

    /// <summary>1310848 as 1,310,848, for sentences.</summary>
    public static string Grouped(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Text that may stand in an XML comment, on one line: C# has five characters that end a line.</summary>
    public static string Comment(string value)
    {
        var text = value.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
        return new string([.. text.Select(letter => letter is '\r' or '\n' or '\u0085' or '\u2028' or '\u2029' ? ' ' : letter)]);
    }
}
