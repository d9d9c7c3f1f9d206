namespace NoraPipelines.Shipped.Problems;

/// <summary>
/// Chance for the word problems. <see cref="Random"/> with a given seed keeps its algorithm across .NET versions and systems,
/// so the same seed makes the same problems everywhere.
/// </summary>
internal sealed class Draw(int seed)
{
    /// <summary>No number of a problem, of its reason or of its answer is larger.</summary>
    public const int Largest = 50;

    private static readonly string[] Names =
    [
        "Ann", "Ben", "Cara", "Dan", "Emma", "Finn", "Gina", "Hugo", "Iris", "Jack",
        "Kate", "Leo", "Mia", "Nils", "Olga", "Paul", "Rosa", "Sam", "Tina", "Uwe",
    ];

    private static readonly string[] Things =
    [
        "apples", "balls", "beads", "books", "buttons", "cakes", "cards", "cups", "eggs", "flowers",
        "marbles", "nuts", "pears", "pens", "plums", "shells", "stamps", "stickers", "stones", "toys",
    ];

    private readonly Random _random = new(seed);

    public string Name() => Of(Names);

    public string Thing() => Of(Things);

    /// <summary>Two different people.</summary>
    public (string First, string Second) TwoNames() => Two(Names);

    /// <summary>Two different kinds of things.</summary>
    public (string First, string Second) TwoThings() => Two(Things);

    public T Of<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    /// <summary>A whole number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => _random.Next(low, high + 1);

    /// <summary>Two numbers from 2 upwards with a sum that is not too large.</summary>
    public (int First, int Second) Addends()
    {
        var first = Between(2, Largest - 2);
        return (first, Between(2, Largest - first));
    }

    /// <summary>A number and one from 2 upwards that can be taken from it.</summary>
    public (int Whole, int Part) WholeAndPart()
    {
        var whole = Between(4, Largest);
        return (whole, Between(2, whole));
    }

    /// <summary>Two numbers from 2 to 9 with a product that is not too large.</summary>
    public (int First, int Second) Factors(int largestProduct = Largest)
    {
        var first = Between(2, 9);
        return (first, Between(2, Math.Min(9, largestProduct / first)));
    }

    private (string First, string Second) Two(string[] choices)
    {
        var first = _random.Next(choices.Length);
        var second = (first + 1 + _random.Next(choices.Length - 1)) % choices.Length;
        return (choices[first], choices[second]);
    }
}
