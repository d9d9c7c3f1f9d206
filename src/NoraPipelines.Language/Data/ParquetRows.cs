using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Parquet;
using Parquet.Serialization;

namespace NoraPipelines.Data;

/// <summary>
/// Rows of a Parquet file, one row group in memory at a time. Each row becomes a JSON object; texts, numbers, truth values, lists and
/// structures keep their form.
/// </summary>
internal static class ParquetRows
{
    private const long MostRows = 50_000_000;
    private const long MostBytes = 8L << 30;
    private const int DeepestValue = 16;

    /// <exception cref="DataException">The file is damaged or says what cannot be.</exception>
    public static IEnumerable<Row> Read(string path)
    {
        using var stream = DataFile.Guard(path, () => File.OpenRead(path));
        if (stream.Length == 0) throw new DataException($"{path}: the file is empty; expected at least one row.");
        var (groups, columns) = Damaged(path, () => Groups(path, stream));
        var text = new ArrayBufferWriter<byte>();
        var number = 0L;
        for (var group = 0; group < groups; group++)
        {
            foreach (var row in Damaged(path, () => Rows(stream, group)))
            {
                number++;
                text.ResetWrittenCount();
                Damaged(path, () =>
                {
                    using var writer = new Utf8JsonWriter(text);
                    foreach (var column in columns) row.TryAdd(column, null); // a value that is not there
                    Write(writer, row, 0);
                    return true;
                });
                yield return new Row(path, number, 0, text.WrittenMemory);
            }
        }
    }

    /// <summary>What the file says of itself, held against its length before memory is taken for it.</summary>
    private static (int Count, string[] Columns) Groups(string path, FileStream stream)
    {
        var reader = ParquetReader.CreateAsync(stream, leaveStreamOpen: true).GetAwaiter().GetResult();
        try
        {
            for (var i = 0; i < reader.RowGroupCount; i++)
            {
                using var group = reader.OpenRowGroupReader(i);
                var (rows, bytes) = (group.RowCount, group.RowGroup.TotalByteSize);
                if (rows is < 0 or > MostRows || bytes is < 0 or > MostBytes || rows > stream.Length * 1000)
                    throw new DataException($"{path}: row group {i + 1} says that it has {rows:N0} rows in {bytes:N0} bytes, in a file of {stream.Length:N0} bytes; the file is damaged. Get it again.");
            }
            return (reader.RowGroupCount, [.. reader.Schema.Fields.Select(field => field.Name)]);
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static IEnumerable<IDictionary<string, object?>> Rows(FileStream stream, int group)
    {
        stream.Position = 0;
        return ReadGroup(stream, group);
    }

    private static IEnumerable<IDictionary<string, object?>> ReadGroup(FileStream stream, int group) =>
        [.. ParquetSerializer.DeserializeUntypedAsync(stream, rowGroupIndex: group).GetAwaiter().GetResult().Data.Cast<IDictionary<string, object?>>()];

    private static void Write(Utf8JsonWriter writer, object? value, int depth)
    {
        if (depth > DeepestValue) throw new InvalidDataException($"a value is nested more than {DeepestValue} deep");
        switch (value)
        {
            case null or DBNull: writer.WriteNullValue(); break;
            case string text: writer.WriteStringValue(text); break;
            case byte[] bytes: writer.WriteStringValue(Encoding.UTF8.GetString(bytes)); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case double number when double.IsFinite(number): writer.WriteNumberValue(number); break;
            case float number when float.IsFinite(number): writer.WriteNumberValue(number); break;
            case sbyte or byte or short or ushort or int or uint or long: writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case ulong number: writer.WriteNumberValue(number); break;
            case decimal number: writer.WriteNumberValue(number); break;
            case IDictionary<string, object?> map:
                writer.WriteStartObject();
                foreach (var (name, item) in map)
                {
                    writer.WritePropertyName(name);
                    Write(writer, item, depth + 1);
                }
                writer.WriteEndObject();
                break;
            case IDictionary map:
                writer.WriteStartObject();
                foreach (DictionaryEntry item in map)
                {
                    writer.WritePropertyName(Convert.ToString(item.Key, CultureInfo.InvariantCulture) ?? "");
                    Write(writer, item.Value, depth + 1);
                }
                writer.WriteEndObject();
                break;
            case IEnumerable list:
                writer.WriteStartArray();
                foreach (var item in list) Write(writer, item, depth + 1);
                writer.WriteEndArray();
                break;
            default: writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }

    // A damaged file makes the decoder fail in ways of all kinds; none of them is worth more than the file's name.
    private static T Damaged<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception broken) when (broken is not DataException)
        {
            throw new DataException($"{path}: cannot be read as Parquet: {broken.Message.Split('\n')[0].TrimEnd('.')}. The file is damaged or of a kind that is not supported; get it again, or convert it to JSON lines.", broken);
        }
    }
}
