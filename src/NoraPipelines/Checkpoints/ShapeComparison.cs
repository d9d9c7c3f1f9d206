using System.Globalization;
using System.Reflection;
using NoraPipelines.Plans;

namespace NoraPipelines.Checkpoints;

/// <summary>What differs between the shape a program was built for and a checkpoint's own.</summary>
internal static class ShapeComparison
{
    /// <summary>A line for each number or switch, with both values; for models of two kinds, a line with both families.</summary>
    public static IReadOnlyList<string> Differences(ModelShape planned, ModelShape found) =>
    [
        .. from property in Decided(planned.GetType() == found.GetType() ? planned.GetType() : typeof(ModelShape))
           let expected = property.GetValue(planned)
           let actual = property.GetValue(found)
           where !Equals(expected, actual)
           orderby property.MetadataToken
           select $"{property.Name}: the checkpoint has {Written(actual)}, the program expects {Written(expected)}",
    ];

    /// <summary>What was decided, not what follows from it; what acts in training alone may differ.</summary>
    private static IEnumerable<PropertyInfo> Decided(Type shape) => shape.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanWrite && !property.Name.EndsWith("Dropout", StringComparison.Ordinal));

    private static string Written(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
