namespace NoraPipelines.Plans;

/// <summary>A record of the plan that several keys belong to: makes keys that read and write its properties.</summary>
/// <param name="path">The spec's section: training.schedule.</param>
/// <param name="defaults">A record whose properties have their defaults, which documents show.</param>
/// <param name="get">The record in a plan.</param>
/// <param name="set">A plan with another in its place.</param>
internal sealed class KeyPart<TPart>(string path, TPart defaults, Func<PipelinePlan, TPart> get, Func<PipelinePlan, TPart, PipelinePlan> set)
{
    /// <summary>The same record, in another section of the spec.</summary>
    public KeyPart<TPart> In(string section) => new(section, defaults, get, set);

    public SpecKey<int> Whole(string name, string doc, Func<TPart, int> read, Func<TPart, int, TPart> write, int minimum, int? maximum = null) =>
        Key(name, Kind.Whole, doc, read, write) with { Minimum = minimum, Maximum = maximum };

    public SpecKey<int?> WholeOrNone(string name, string doc, Func<TPart, int?> read, Func<TPart, int?, TPart> write, int minimum) =>
        Key(name, Kind.WholeOrNone, doc, read, write) with { Minimum = minimum };

    public SpecKey<double> Number(string name, string doc, Func<TPart, double> read, Func<TPart, double, TPart> write) =>
        Key(name, Kind.Number, doc, read, write);

    /// <summary>A number above 0.</summary>
    public SpecKey<double> Positive(string name, string doc, Func<TPart, double> read, Func<TPart, double, TPart> write) =>
        Number(name, doc, read, write) with { Minimum = 0, AboveMinimum = true };

    /// <summary>A number of at least 0 and below 1.</summary>
    public SpecKey<double> Share(string name, string doc, Func<TPart, double> read, Func<TPart, double, TPart> write) =>
        Number(name, doc, read, write) with { Minimum = 0, Maximum = 1, BelowMaximum = true };

    /// <summary>A number above 0 and below 1.</summary>
    public SpecKey<double> InnerShare(string name, string doc, Func<TPart, double> read, Func<TPart, double, TPart> write) =>
        Share(name, doc, read, write) with { AboveMinimum = true };

    public SpecKey<bool> Switch(string name, string doc, Func<TPart, bool> read, Func<TPart, bool, TPart> write) => Key(name, Kind.Switch, doc, read, write);

    public SpecKey<T> Choice<T>(string name, string doc, Func<TPart, T> read, Func<TPart, T, TPart> write) where T : struct, Enum =>
        Key(name, Kind.Choice<T>(), doc, read, write);

    public SpecKey<T?> ChoiceOrNone<T>(string name, string doc, Func<TPart, T?> read, Func<TPart, T?, TPart> write) where T : struct, Enum =>
        Key(name, Kind.ChoiceOrNone<T>(), doc, read, write);

    public SpecKey<string> Text(string name, string doc, Func<TPart, string> read, Func<TPart, string, TPart> write) => Key(name, Kind.Text, doc, read, write);

    public SpecKey<string?> TextOrNone(string name, string doc, Func<TPart, string?> read, Func<TPart, string?, TPart> write) =>
        Key(name, Kind.TextOrNone, doc, read, write);

    /// <summary>A key of this record whose default is that of the record's property.</summary>
    public SpecKey<T> Key<T>(string name, ValueKind<T> kind, string doc, Func<TPart, T> read, Func<TPart, T, TPart> write) => new(path + "." + name, kind, doc)
    {
        Get = plan => read(get(plan)),
        Set = (plan, value) => set(plan, write(get(plan), value)),
        Default = kind.Show(read(defaults)),
    };
}

/// <summary>Changes that keys have in common.</summary>
internal static class KeyChanges
{
    /// <summary>The value follows from other keys where this one is left out, and so the documents show no default.</summary>
    public static SpecKey<T> Derived<T>(this SpecKey<T> key, Func<PipelinePlan, T> value) =>
        key with { Default = null, LeftOut = plan => key.Set!(plan, value(plan)) };

    public static T WithNoEffect<T>(this T key, SpecKey? on, Func<PipelinePlan, string?> reason) where T : SpecKey =>
        key with { NoEffects = [.. key.NoEffects, new NoEffect(on, reason)] };
}
