using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Parquet.Serialization;

namespace NoraPipelines.Data;

/// <summary>
/// Rows of a Parquet file, one row group in memory at a time, of the wanted columns alone. Each row becomes a JSON object; texts, numbers,
/// truth values, lists and structures keep their form.
/// </summary>
internal static class ParquetRows
{
    private const int DeepestValue = 16;
    private static readonly Dictionary<string, object?> Unread = [];

    /// <param name="wanted">Chooses among the names of the file's columns.</param>
    /// <exception cref="DataException">The file is damaged or says what cannot be, or has a wanted column in a form that is not supported.</exception>
    public static IEnumerable<Row> Read(string path, Func<IReadOnlyList<string>, IReadOnlyCollection<string>> wanted)
    {
        using var stream = DataFile.Guard(path, () => File.OpenRead(path));
        if (stream.Length == 0) throw new DataException($"{path}: the file is empty; expected at least one row.");
        var footer = Damaged(path, () => ParquetFooter.Read(stream));
        var columns = wanted(footer.Columns);
        string[] unread = [.. footer.Columns.Except(columns)];
        var text = new ArrayBufferWriter<byte>();
        var number = 0L;
        for (var group = 0; group < footer.Groups; group++)
        {
            foreach (var row in Damaged(path, () => Rows(stream, footer, group, columns)))
            {
                number++;
                text.ResetWrittenCount();
                Damaged(path, () =>
                {
                    using var writer = new Utf8JsonWriter(text);
                    foreach (var column in columns) row.TryAdd(column, null); // a value that is not there
                    foreach (var column in unread) row[column] = Unread; // that it is there, for whoever tells what was not used
                    Write(writer, row, 0);
                    return true;
                });
                yield return new Row(path, number, 0, text.WrittenMemory);
            }
        }
    }

    /// <summary>The rows of a group; where the package cannot read them, the column that it fails at is named with its form.</summary>
    private static IEnumerable<IDictionary<string, object?>> Rows(FileStream stream, ParquetFooter footer, int group, IReadOnlyCollection<string> columns)
    {
        var chunks = footer.Chunks(group, columns).ToArray();
        foreach (var chunk in chunks) chunk.RefuseCodec();
        var pages = chunks.ToDictionary(chunk => chunk, chunk => ParquetPages.Check(stream, chunk));
        try
        {
            return Unpack(stream, footer, group, columns);
        }
        catch (Exception all)
        {
            foreach (var chunk in chunks)
            {
                try
                {
                    Unpack(stream, footer, group, [chunk.Path[0]]);
                }
                catch (Exception one)
                {
                    throw new InvalidDataException($"column `{chunk.Name}` ({chunk.Form}; {pages[chunk]}): {one.Message}", all);
                }
            }
            throw;
        }
    }

    private static IDictionary<string, object?>[] Unpack(FileStream stream, ParquetFooter footer, int group, IReadOnlyCollection<string> columns)
    {
        using var view = new ParquetView(stream, footer.Start, footer.Only(columns));
        return [.. ParquetSerializer.DeserializeUntypedAsync(view, rowGroupIndex: group).GetAwaiter().GetResult().Data.Cast<IDictionary<string, object?>>()];
    }

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
        catch (NotSupportedException missing)
        {
            throw new DataException($"{path}: {missing.Message.TrimEnd('.')}.", missing);
        }
        catch (Exception broken) when (broken is not DataException)
        {
            throw new DataException($"{path}: cannot be read as Parquet: {broken.Message.Split('\n')[0].TrimEnd('.')}. The file is damaged or of a kind that is not supported; get it again, or convert it to JSON lines.", broken);
        }
    }
}
