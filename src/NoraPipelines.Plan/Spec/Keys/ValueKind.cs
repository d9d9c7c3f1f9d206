using System.Globalization;

namespace NoraPipelines.Plans;

/// <summary>How a value is read from a spec's tree, and how a default is written in documents.</summary>
/// <param name="Read">The value of a node of the right kind, whose bounds were checked.</param>
/// <param name="Show">As YAML; null where there is none.</param>
internal sealed record ValueKind<T>(ValueKinds Kinds, Func<SpecNode, T> Read, Func<T, string?> Show)
{
    public EquatableArray<string> Words { get; init; }
}

/// <summary>The kinds that keys have.</summary>
internal static class Kind
{
    public static readonly ValueKind<int> Whole = new(ValueKinds.Whole, ReadWhole, value => Show(value));

    /// <summary>Null where nothing is said.</summary>
    public static readonly ValueKind<int?> WholeOrNone = new(ValueKinds.Whole, node => ReadWhole(node), value => Show(value));

    /// <summary>Null also as a value of its own: `null`.</summary>
    public static readonly ValueKind<int?> WholeOrNull = new(
        ValueKinds.Whole | ValueKinds.Nothing, node => IsNull(node) ? null : ReadWhole(node), value => Show(value));

    public static readonly ValueKind<double> Number = new(ValueKinds.Number, ReadNumber, value => Show(value));

    public static readonly ValueKind<double?> NumberOrNone = new(ValueKinds.Number, node => ReadNumber(node), value => Show(value));

    /// <summary>A number, or the word none.</summary>
    public static readonly ValueKind<double?> NumberOrWordNone = new(
        ValueKinds.Number | ValueKinds.Text, node => ((ScalarNode)node).Text == None ? null : ReadNumber(node), value => value is null ? None : Show(value))
    {
        Words = EquatableArray.Of(None),
    };

    public static readonly ValueKind<bool> Switch = new(
        ValueKinds.Switch, node => ScalarReader.Switch((ScalarNode)node)!.Value, value => value ? "true" : "false");

    public static readonly ValueKind<string> Text = new(ValueKinds.Text, ReadText, value => value);

    public static readonly ValueKind<string?> TextOrNone = new(ValueKinds.Text, ReadText, value => value);

    public static readonly ValueKind<EquatableArray<int>> Wholes = new(
        ValueKinds.List, node => ((ListNode)node).Items.Select(ReadWhole).ToEquatableArray(), value => value.ToString());

    public static readonly ValueKind<EquatableArray<string>> Texts = new(
        ValueKinds.List, node => ((ListNode)node).Items.Select(ReadText).ToEquatableArray(), value => value.Count == 0 ? null : value.ToString());

    /// <summary>A task by its name.</summary>
    public static readonly ValueKind<TaskProtocol> Task = new(ValueKinds.Text, node => TaskProtocols.Of(ReadText(node)), task => task.Name)
    {
        Words = TaskProtocols.Names,
    };

    private const string None = "none";

    public static ValueKind<T> Choice<T>() where T : struct, Enum =>
        new(ValueKinds.Text, node => Plans.Words.Parse<T>(ReadText(node))!.Value, value => Plans.Words.Of(value)) { Words = Plans.Words.All<T>() };

    public static ValueKind<T?> ChoiceOrNone<T>() where T : struct, Enum =>
        new(ValueKinds.Text, node => Plans.Words.Parse<T>(ReadText(node)), value => value is { } given ? Plans.Words.Of(given) : null)
        { Words = Plans.Words.All<T>() };

    internal static bool IsNull(SpecNode node) => node is ScalarNode { IsNull: true };

    private static int ReadWhole(SpecNode node) => (int)ScalarReader.Whole((ScalarNode)node)!.Value;

    private static double ReadNumber(SpecNode node) => ScalarReader.Number((ScalarNode)node)!.Value;

    private static string ReadText(SpecNode node) => ((ScalarNode)node).Text;

    private static string? Show(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);
}
