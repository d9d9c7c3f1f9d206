using System.Globalization;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Spec;

/// <summary>
/// Every key of a spec. This table is the language: the reader refuses what is not in it, and docs/nora-pipeline.schema.json and
/// docs/spec.md are written from it.
/// </summary>
internal static partial class SpecKeys
{
    /// <summary>The spec as a whole.</summary>
    public static SpecKey Root => Table.Value;

    /// <summary>Made at first use: the parts' own static values are in other files and must be there before.</summary>
    private static readonly Lazy<SpecKey> Table = new(() =>
        Section("", "One pipeline: which model, what is trained on it, on which data, for how long, and how it is scored.",
        Text("pipeline", "The pipeline's name on the command line; its class has the same name in Pascal case.") with
        {
            Required = true,
            Pattern = ("^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
                "lower-case words of letters and digits, joined by hyphens, such as llama3-8b-metamath"),
        },
        Text("description", "One line for `list` and the report.") with { Default = "" },
        Model with { Required = true },
        Adapter with { Required = true },
        Calibration,
        Dataset with { Required = true },
        Training with { Required = true },
        Evaluation,
        Export,
        Sweep));

    /// <summary>The key at a path such as adapter.outer.rank or evaluation.0.task; null if there is none.</summary>
    public static SpecKey? Find(string path)
    {
        var key = Root;
        foreach (var part in path.Split('.'))
        {
            key = key?.Item is { } item && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? item
                : key?.Find(part);
        }
        return key;
    }

    private static SpecKey Section(string name, string doc, params SpecKey[] keys) => new(name, ValueKinds.Mapping, doc) { Keys = keys };

    private static SpecKey Text(string name, string doc) => new(name, ValueKinds.Text, doc);

    private static SpecKey Switch(string name, string doc, bool @default) =>
        new(name, ValueKinds.Switch, doc) { Default = @default ? "true" : "false" };

    private static SpecKey Choice<T>(string name, string doc, T? @default, params T[] later) where T : struct, Enum =>
        Choice(name, doc, @default is { } value ? Plans.Words.Of(value) : null, Plans.Words.All<T>(), later.Select(Plans.Words.Of));

    private static SpecKey Choice(string name, string doc, string? @default, IEnumerable<string> words, IEnumerable<string> later) =>
        new(name, ValueKinds.Text, doc)
        {
            Default = @default,
            Words = words.Except(later).ToEquatableArray(),
            Later = later.ToEquatableArray(),
        };

    private static SpecKey Whole(string name, string doc, int minimum, int? @default = null, int maximum = int.MaxValue) =>
        new(name, ValueKinds.Whole, doc)
        {
            Minimum = minimum,
            Maximum = maximum == int.MaxValue ? null : maximum,
            Default = Show(@default),
        };

    private static SpecKey Number(string name, string doc, double? @default = null) =>
        new(name, ValueKinds.Number, doc) { Default = Show(@default) };

    private static string? Show(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);
}
