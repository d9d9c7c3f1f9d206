using System.Globalization;
using NoraPipelines.Plans;

namespace NoraPipelines.Runs.Settings;

/// <summary>How a setting's text becomes a value, always in the invariant culture.</summary>
/// <param name="Expected">What a message says was expected: "a whole number of at least 1".</param>
/// <param name="Parse">The value, or null where the text is not one.</param>
internal sealed record ValueRule(string Expected, Func<string, Parsed?> Parse);

/// <summary>A value that was read; <see cref="Value"/> is null for "none".</summary>
internal readonly record struct Parsed(object? Value);

internal static class ValueRules
{
    public static ValueRule Text { get; } = new("a text that is not empty", text => text.Trim().Length > 0 ? new Parsed(text.Trim()) : null);

    public static ValueRule Flag { get; } = new("true or false", text => bool.TryParse(text, out var flag) ? new Parsed(flag) : null);

    public static ValueRule WholeNumber(int minimum) => new(
        $"a whole number of at least {minimum}", text => Integer(text) is { } number && number >= minimum ? new Parsed(number) : null);

    public static ValueRule WholeNumbers { get; } = new("whole numbers, such as 1,2,3", text =>
    {
        var numbers = text.Trim().TrimStart('[').TrimEnd(']').Split(',').Select(Integer).ToArray();
        return numbers.All(number => number is not null) && numbers.Distinct().Count() == numbers.Length
            ? new Parsed(numbers.Select(number => number!.Value).ToArray())
            : null;
    });

    public static ValueRule Number(string expected, Func<double, bool> accepts) => new(expected, text =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && accepts(number)
            ? new Parsed(number)
            : null);

    /// <summary>The rule, and the word none (in JSON also null) for a value that is absent.</summary>
    public static ValueRule OrNone(ValueRule rule) => new(
        rule.Expected + ", or none", text => text.Trim() is "" or "none" ? new Parsed(null) : rule.Parse(text));

    /// <summary>One of an enumeration's values, by the word that a spec has for it.</summary>
    public static ValueRule Word<T>() where T : struct, Enum => new(
        "one of " + string.Join(", ", Words.All<T>()), text => Words.Parse<T>(text.Trim()) is { } value ? new Parsed(value) : null);

    private static int? Integer(string text) =>
        int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
