using System.Text;

namespace NoraPipelines.Chat.Jinja;

/// <summary>Truth, equality, order and arithmetic as Python has them.</summary>
internal static class JinjaOperators
{
    public static bool IsTrue(object? value) => value switch
    {
        null or JinjaUndefined => false,
        bool flag => flag,
        long whole => whole != 0,
        double number => number != 0,
        string text => text.Length > 0,
        List<object?> list => list.Count > 0,
        IDictionary<object, object?> mapping => mapping.Count > 0,
        _ => true,
    };

    public static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (string a, string b) => a == b,
        (JinjaUndefined, JinjaUndefined) => true,
        (List<object?> a, List<object?> b) => a.Count == b.Count && a.Zip(b).All(pair => AreEqual(pair.First, pair.Second)),
        (IDictionary<object, object?> a, IDictionary<object, object?> b) =>
            a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var other) && AreEqual(pair.Value, other)),
        _ when Number(left) is { } a && Number(right) is { } b => a == b,
        _ => ReferenceEquals(left, right),
    };

    public static int Compare(object? left, object? right) => (left, right) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        _ when Number(left) is { } a && Number(right) is { } b => a.CompareTo(b),
        _ => throw new JinjaException($"{JinjaText.Kind(left)} and {JinjaText.Kind(right)} have no order."),
    };

    public static bool Contains(object? container, object? item) => container switch
    {
        string text => text.Contains(item as string
            ?? throw new JinjaException($"`in` looks for a text in a text, found {JinjaText.Kind(item)}."), StringComparison.Ordinal),
        List<object?> list => list.Exists(other => AreEqual(other, item)),
        IDictionary<object, object?> mapping => item is not null && mapping.ContainsKey(item),
        JinjaUndefined => false,
        _ => throw new JinjaException($"`in` looks into a text, a list or a mapping, found {JinjaText.Kind(container)}."),
    };

    public static object? Arithmetic(string sign, object? left, object? right, JinjaBudget budget)
    {
        switch (sign, left, right)
        {
            case ("~", _, _): return Join(JinjaText.Of(left), JinjaText.Of(right), budget);
            case ("+", string a, string b): return Join(a, b, budget);
            case ("+", List<object?> a, List<object?> b): return Limited([.. a, .. b]);
            case ("*", string a, long count): return Repeat(a, count, budget);
            case ("*", long count, string b): return Repeat(b, count, budget);
        }
        if (Number(left) is not { } x || Number(right) is not { } y)
            throw new JinjaException($"`{sign}` takes two numbers{(sign == "+" ? ", texts or lists" : "")}, found {JinjaText.Kind(left)} and {JinjaText.Kind(right)}.");
        if (sign is "/" or "//" or "%" && y == 0) throw new JinjaException($"`{sign}` divides by zero.");
        if (sign == "/") return x / y;
        if (left is double || right is double || (sign == "**" && y < 0)) return Real(sign, x, y);
        return Whole(sign, (long)x, (long)y);
    }

    public static double? Number(object? value) => value switch
    {
        long whole => whole,
        double number => number,
        bool flag => flag ? 1 : 0,
        _ => null,
    };

    public static List<object?> Limited(List<object?> list) => list.Count <= JinjaBudget.MostItems
        ? list
        : throw new JinjaException($"a list has more than {JinjaBudget.MostItems:N0} items.");

    private static double Real(string sign, double x, double y) => sign switch
    {
        "+" => x + y,
        "-" => x - y,
        "*" => x * y,
        "//" => Math.Floor(x / y),
        "%" => x - y * Math.Floor(x / y),
        _ => Math.Pow(x, y),
    };

    private static object Whole(string sign, long x, long y)
    {
        try
        {
            return checked(sign switch
            {
                "+" => x + y,
                "-" => x - y,
                "*" => x * y,
                "//" => FloorDivide(x, y),
                "%" => x - y * FloorDivide(x, y),
                _ => (long)Math.Pow(x, y),
            });
        }
        catch (OverflowException)
        {
            throw new JinjaException($"{x} {sign} {y} is too large a number.");
        }
    }

    private static long FloorDivide(long x, long y) => checked(x / y - (x % y != 0 && x < 0 != y < 0 ? 1 : 0));

    private static string Join(string left, string right, JinjaBudget budget)
    {
        budget.Characters(left.Length + (long)right.Length);
        return left + right;
    }

    private static string Repeat(string text, long count, JinjaBudget budget)
    {
        if (count <= 0 || text.Length == 0) return "";
        budget.Characters(Math.Min(count, JinjaBudget.MostCharacters + 1) * text.Length);
        return new StringBuilder().Insert(0, text, (int)count).ToString();
    }
}
