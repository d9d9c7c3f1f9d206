using System.Globalization;

namespace NoraPipelines.Plans;

/// <summary>Typed look-ups in a parsed JSON object; what is wrong is collected, and a harmless value returned.</summary>
internal sealed class ConfigReader
{
    /// <summary>Larger than any size of any model, small enough that no product of two overflows.</summary>
    public const int LargestSize = 1 << 24;

    /// <summary>More layers than any model has, few enough that listing the tensors of all takes no time.</summary>
    public const int MostLayers = 1 << 12;

    private readonly IReadOnlyDictionary<string, object?> _config;
    private readonly string _prefix;

    public ConfigReader(IReadOnlyDictionary<string, object?> config)
        : this(config, "", [])
    {
    }

    private ConfigReader(IReadOnlyDictionary<string, object?> config, string prefix, List<string> problems)
    {
        _config = config;
        _prefix = prefix;
        Problems = problems;
    }

    public List<string> Problems { get; }

    public IEnumerable<string> Keys => _config.Keys;

    /// <summary>A key as messages name it, with its section: text_config.vocab_size.</summary>
    public string PathOf(string key) => _prefix + key;

    public bool Has(string key) => _config.ContainsKey(key);

    /// <summary>A size that must be there.</summary>
    public int Size(string key) => OptionalSize(key) ?? Missing(key);

    public int Size(string key, int fallback) => OptionalSize(key) ?? fallback;

    /// <summary>How many layers there are.</summary>
    public int Layers() => OptionalSize("num_hidden_layers", MostLayers) ?? Missing("num_hidden_layers");

    public int Layers(int fallback) => OptionalSize("num_hidden_layers", MostLayers) ?? fallback;

    public int? OptionalSize(string key, int largest = LargestSize)
    {
        switch (Value(key))
        {
            case null:
                return null;
            case long size when size > 0 && size <= largest:
                return (int)size;
            case double size when size > 0 && size <= largest && Math.Floor(size) == size:
                return (int)size;
            case var other:
                Problems.Add($"{_prefix}{key} is {Show(other)}; expected a whole number from 1 to {largest}");
                return 1;
        }
    }

    /// <summary>A number that may be zero.</summary>
    public int Count(string key, int fallback) => Value(key) is 0L or 0.0 ? 0 : Size(key, fallback);

    public double Positive(string key, double fallback)
    {
        switch (Value(key))
        {
            case null:
                return fallback;
            case long number when number > 0:
                return number;
            case double number when number > 0 && !double.IsInfinity(number):
                return number;
            case var other:
                Problems.Add($"{_prefix}{key} is {Show(other)}; expected a number above 0");
                return fallback;
        }
    }

    public double NotNegative(string key, double fallback) => Value(key) is 0L or 0.0 ? 0 : Positive(key, fallback);

    public bool Switch(string key, bool fallback)
    {
        switch (Value(key))
        {
            case null:
                return fallback;
            case bool value:
                return value;
            case var other:
                Problems.Add($"{_prefix}{key} is {Show(other)}; expected true or false");
                return fallback;
        }
    }

    public string? Text(string key)
    {
        switch (Value(key))
        {
            case null:
                return null;
            case string value:
                return value;
            case var other:
                Problems.Add($"{_prefix}{key} is {Show(other)}; expected a text");
                return null;
        }
    }

    public IEnumerable<string> Texts(string key) => Value(key) is IEnumerable<object?> list ? list.OfType<string>() : [];

    public ConfigReader? Section(string key)
    {
        switch (Value(key))
        {
            case null:
                return null;
            case IReadOnlyDictionary<string, object?> section:
                return new ConfigReader(section, _prefix + key + ".", Problems);
            case var other:
                Problems.Add($"{_prefix}{key} is {Show(other)}; expected an object or null");
                return null;
        }
    }

    /// <summary>A section, empty where it is missing; values of a second one, where that is there, stand in place of its own.</summary>
    public ConfigReader Section(string key, string over)
    {
        var merged = new Dictionary<string, object?>();
        foreach (var section in new[] { Section(key), Section(over) }.OfType<ConfigReader>())
            foreach (var pair in section._config) merged[pair.Key] = pair.Value;
        return new ConfigReader(merged, _prefix + key + ".", Problems);
    }

    private int Missing(string key)
    {
        if (Value(key) is null) Problems.Add($"{_prefix}{key} is missing");
        return 1;
    }

    private object? Value(string key) => _config.TryGetValue(key, out var value) ? Widened(value) : null;

    private static object? Widened(object? value) => value switch
    {
        int number => (long)number,
        float number => (double)number,
        decimal number => (double)number,
        _ => value,
    };

    private static string Show(object? value) => value switch
    {
        string text => $"'{text}'",
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable<KeyValuePair<string, object?>> => "an object",
        _ => "a list",
    };
}
