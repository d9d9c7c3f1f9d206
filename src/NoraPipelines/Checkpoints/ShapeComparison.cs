using System.Globalization;
using System.Reflection;
using NoraPipelines.Plans;

namespace NoraPipelines.Checkpoints;

/// <summary>What differs between the shape a program was built for and a checkpoint's own.</summary>
internal static class ShapeComparison
{
    // What was decided, not what follows from it.
    private static readonly PropertyInfo[] Decided =
        [.. typeof(DecoderShape).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite)];

    /// <summary>A line for each number or switch, with both values.</summary>
    public static IReadOnlyList<string> Differences(DecoderShape planned, DecoderShape found) =>
    [
        .. from property in Decided
           let expected = property.GetValue(planned)
           let actual = property.GetValue(found)
           where !Equals(expected, actual)
           orderby property.MetadataToken
           select $"{property.Name}: the checkpoint has {Written(actual)}, the program expects {Written(expected)}",
    ];

    private static string Written(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
