using System.Text;

namespace NoraPipelines.Data;

/// <summary>
/// A structure of Thrift's compact protocol by its fields' numbers: long (whole numbers and truth values), double, byte[], ThriftList or
/// ThriftStruct. Parquet's metadata hold no maps and no sets.
/// </summary>
internal sealed class ThriftStruct
{
    public SortedDictionary<short, (ThriftType Type, object Value)> Fields { get; } = [];

    /// <exception cref="InvalidDataException">The field holds something else than a whole number.</exception>
    public long? Number(short id) => Value<long>(id) is { Found: true } number ? number.Value : null;

    /// <exception cref="InvalidDataException">The field is not there, or holds something else.</exception>
    public long Required(short id, string name) => Number(id) ?? throw new InvalidDataException($"{name} is missing");

    /// <exception cref="InvalidDataException">The field holds something else.</exception>
    public ThriftStruct? Struct(short id) => Value<ThriftStruct>(id).Value;

    /// <summary>The items of a list; none where it is not there.</summary>
    /// <exception cref="InvalidDataException">The field holds something else, or a list of other items.</exception>
    public IEnumerable<T> List<T>(short id)
    {
        if (Value<ThriftList>(id).Value is not { } list) return [];
        return list.Items.All(item => item is T) ? list.Items.Cast<T>() : throw new InvalidDataException($"field {id} is a list of {list.Type}, not as Parquet has it");
    }

    /// <exception cref="InvalidDataException">The field is not there, or holds something else.</exception>
    public string Text(short id, string name) => Encoding.UTF8.GetString(Value<byte[]>(id).Value ?? throw new InvalidDataException($"{name} is missing"));

    public void SetList(short id, IEnumerable<ThriftStruct> items) =>
        Fields[id] = (ThriftType.List, new ThriftList(ThriftType.Struct, [.. items]));

    private (bool Found, T? Value) Value<T>(short id) => !Fields.TryGetValue(id, out var field) ? (false, default)
        : field.Value is T value ? (true, value) : throw new InvalidDataException($"field {id} is {field.Type}, not as Parquet has it");
}

internal sealed record ThriftList(ThriftType Type, List<object> Items);

/// <summary>The compact protocol's own numbers.</summary>
internal enum ThriftType : byte
{
    Stop = 0,
    True = 1,
    False = 2,
    Byte = 3,
    I16 = 4,
    I32 = 5,
    I64 = 6,
    Double = 7,
    Binary = 8,
    List = 9,
    Set = 10,
    Map = 11,
    Struct = 12,
}
