using System.Text;
using CsCheck;
using NoraPipelines.Data;
using NoraPipelines.Plans;

namespace NoraPipelines.Tests.Data;

public sealed class ExampleReaderErrorTests : IDisposable
{
    private static readonly ColumnMap QueryResponse = new() { Prompt = "query", Response = "response" };

    private readonly WrittenFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("{\"query\":1,\"response\":2}\n{\"query\":1 \"response\":2}", "a.jsonl:2: not valid JSON at byte 12 of the line: ", "{\"query\":1 \"resp")]
    [InlineData("{\"query\":\"a\",\"response\":\"b\"", "a.jsonl:1: not valid JSON", "")]
    [InlineData("7", "a.jsonl:1: expected an object, ", "found a number")]
    [InlineData("[{\"query\":\"a\",\"response\":\"b\"}]", "a.jsonl:1: expected an object, ", "found an array")]
    [InlineData("[\n{\"query\":\"a\",\"response\":\"b\"}\n]", "a.jsonl:1: found the beginning of a JSON array", "name the file .json")]
    [InlineData("{\"query\":null,\"response\":\"b\"}", "a.jsonl:1: column `query` is null, expected text", "")]
    [InlineData("\n\n{\"query\":\"a\",\"response\":[\"b\"]}", "a.jsonl:3: column `response` is an array", "")]
    [InlineData("{\"query\":\"a\",\"response\":{}}", "a.jsonl:1: column `response` is an object", "")]
    [InlineData("{\"query\":\" \",\"response\":\"b\"}", "a.jsonl:1: the prompt (column `query`) is empty", "")]
    [InlineData("{\"query\":\"a\",\"query\":\"c\",\"response\":\"b\"}", "a.jsonl:1: not valid JSON", "query")]
    [InlineData("{\"query\":\"\\ud800\",\"response\":\"b\"}", "a.jsonl:1: a string has half of a surrogate pair", "")]
    [InlineData("{\"Query\":\"a\",\"respnse\":\"b\",\"id\":1}", "did you mean `Query`?", "Columns found: `Query`, `respnse`, `id`.")]
    [InlineData("{\"frage\":\"a\",\"antwort\":\"b\"}", "a.jsonl:1: there is no column `query`.", "Say which hold what: `columns: { prompt: …, response: … }`.")]
    [InlineData("{\"query\":1,\"response\":2}\n{\"query\":1,\"respnse\":2}", "a.jsonl:2: there is no column `response`; did you mean `respnse`?", "")]
    public void A_broken_row_is_named_by_file_line_and_what_was_found(string text, string expected, string alsoExpected)
    {
        var message = Refusal("a.jsonl", text, QueryResponse);
        Assert.Contains(expected, message);
        Assert.Contains(alsoExpected, message);
        Assert.DoesNotContain("BytePositionInLine", message);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("{\"query\":\"a\",\"response\":\"b\"}\n", "a.json:1: expected an array of objects", "name it .jsonl")]
    [InlineData("{\"version\":1,\"data\":[{\"query\":\"a\"}]}", "found an object whose member \"data\" is one", "`jq '.[\"data\"]' a.json > rows.json`")]
    [InlineData("{\"query\":{\"0\":\"a\"},\"response\":{\"0\":\"b\"}}", "found an object, columns by the numbers of their rows", "orient=\"records\"")]
    [InlineData("[", "a.json:1: the file ends where an object or `]` was expected", "")]
    [InlineData("[\n{\"query\":\"a\",\"response\":\"b\"}", "a.json:2: the file ends where `,` or `]` was expected", "")]
    [InlineData("[\n{\"query\":\"a\",\"response\":\"b\"},\n{\"query\":\"a", "a.json:3: the file ends in the middle of the object", "")]
    [InlineData("[\n{\"query\":\"a\",\"response\":\"b\"},\n]", "a.json:3: expected an object, found `]`", "")]
    [InlineData("[{\"query\":\"a\",\"response\":\"b\"}{", "expected `,` or `]` after an object, found an object", "")]
    [InlineData("[{\"query\":\"a\",\"response\":\"b\"}] x", "expected the end of the file after the array", "x")]
    [InlineData("[1]", "a.json:1: expected an object, found `1`", "")]
    [InlineData("[{\"query\":\"a\",\"response\":NaN}]", "column `response` is an array, expected text", "NaN")]
    [InlineData("[{\"query\":\"a\",\n \"response\":b}]", "a.json:2: not valid JSON at byte 13 of the line", "response")]
    [InlineData("[]", "there is no row", "")]
    public void A_broken_array_is_named_by_file_line_and_what_was_found(string text, string expected, string alsoExpected)
    {
        var message = Refusal("a.json", text, QueryResponse);
        Assert.Contains(expected, message);
        Assert.Contains(alsoExpected, message);
    }

    [Fact]
    public void Halves_of_a_column_map_and_unknown_columns_are_refused()
    {
        const string Line = "{\"frage\":\"a\",\"antwort\":\"b\"}";
        Assert.Contains("names no response", Refusal("a.jsonl", Line, new ColumnMap { Prompt = "frage" }));
        Assert.Contains("names no prompt", Refusal("a.jsonl", Line, new ColumnMap { Response = "antwort" }));
        Assert.Contains("names a text and a prompt", Refusal("a.jsonl", Line, new ColumnMap { Prompt = "frage", Text = "antwort" }));
        Assert.Contains("the columns `frage`, `antwort` are not known", Refusal("a.jsonl", Line, new ColumnMap()));
        Assert.Contains("has no columns", Refusal("a.txt", Line, QueryResponse));
    }

    [Fact]
    public void A_byte_that_is_not_utf8_is_named_by_line_and_offset()
    {
        byte[] latin = [.. "{\"text\":\"a\"}\n{\"text\":\"caf"u8, 0xE9, .. "\"}\n"u8];
        Assert.Contains("a.jsonl:2: byte 0xE9 at offset 25 is not UTF-8", Refusal("a.jsonl", latin));
        byte[] array = [.. "[{\"text\":\"a\"},\n{\"text\":\"caf"u8, 0xE9, .. "\"}]"u8];
        Assert.Contains("a.json:2: byte 0xE9 at offset 27 is not UTF-8", Refusal("a.json", array));
        Assert.Contains("a.txt:2: byte 0xE9 at offset 5", Refusal("a.txt", [.. "ab\ncd"u8, 0xE9]));
    }

    [Fact]
    public void Other_encodings_and_packed_files_are_recognised_with_a_remedy()
    {
        const string Line = "{\"text\":\"a\"}";
        Assert.Contains("UTF-16", Refusal("a.jsonl", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Line)]));
        Assert.Contains("UTF-16BE", Refusal("a.jsonl", Encoding.BigEndianUnicode.GetBytes(Line)));
        Assert.Contains("UTF-16LE", Refusal("a.jsonl", Encoding.Unicode.GetBytes(Line)));
        Assert.Contains("UTF-32", Refusal("a.jsonl", [0xFF, 0xFE, 0, 0, .. Encoding.UTF32.GetBytes(Line)]));
        Assert.Contains("gunzip", Refusal("a.jsonl", [0x1F, 0x8B, 8, 0]));
        Assert.Contains("unzip", Refusal("a.json", [.. "PK"u8, 3, 4]));
        Assert.Contains("Parquet", Refusal("a.json", "PAR1...."u8.ToArray()));
        Assert.Contains("bunzip2", Refusal("a.json", [.. "BZh91AY"u8]));
        Assert.Contains("unxz", Refusal("a.csv", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]));
        Assert.Contains("7z x", Refusal("a.tsv", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]));
        Assert.Contains("git-LFS pointer", Refusal("a.csv", [.. "version https://git-lfs.github.com/spec/v1\n"u8]));
    }

    [Fact]
    public void Empty_files_and_files_without_rows_are_refused()
    {
        Assert.Contains("the file is empty", Refusal("a.jsonl", ""));
        Assert.Contains("there is no row", Refusal("a.jsonl", "\n \r\n"));
        Assert.Contains("there is no row", Refusal("a.jsonl", "\uFEFF"));
        Assert.Contains("the file ends where", Refusal("a.json", "  "));
        var path = _files.Write("a.txt", "a");
        Assert.Contains("the limit is 0", Assert.Throws<DataException>(() => ExampleReader.Read(path, new(), limit: 0)).Message);
    }

    [Fact]
    public void A_missing_file_is_answered_with_those_near_it()
    {
        _files.Write("train.jsonl", "x");
        _files.Write("test.jsonl", "x");
        _files.Write("notes.md", "x");
        string Message(string path) => Assert.Throws<DataException>(() => ExampleReader.Read(path, new())).Message;
        Assert.EndsWith("there is no such file. Near it are: train.jsonl, test.jsonl.", Message(Path.Combine(_files.Folder, "trian.jsonl")));
        Assert.Contains($"the part that exists is {_files.Folder}.", Message(Path.Combine(_files.Folder, "no", "way", "a.jsonl")));
        Assert.Contains("found \".md\"", Message(Path.Combine(_files.Folder, "notes.md")));
    }

    [Fact]
    public void Separators_that_cannot_cut_are_refused()
    {
        string Message(string name, string separator) =>
            Assert.Throws<DataException>(() => ExampleReader.Read(_files.Write(name, "{\"text\":\"a\"}"), new(), separator: separator)).Message;
        Assert.Contains("the separator \"<|end|>\" does not occur", Message("a.txt", "<|end|>"));
        Assert.Contains("the separator is empty", Message("a.txt", ""));
        Assert.Contains("remove it for .jsonl", Message("a.jsonl", "x"));
    }

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.json")]
    public void Deep_nesting_is_refused(string name)
    {
        var nested = "{\"text\":" + new string('[', 100_000);
        Assert.Contains("not valid JSON", Refusal(name, name == "a.json" ? "[" + nested : nested));
    }

    [Fact]
    public void A_row_beyond_the_largest_size_is_refused_by_its_line()
    {
        var bytes = new byte[ByteWindow.MaximumRow + (1 << 20)];
        Array.Fill(bytes, (byte)'x');
        bytes[3] = (byte)'\n';
        Assert.Contains("a.txt:2: a row is longer than 64 MiB", Refusal("a.txt", bytes));
    }

    [Fact]
    public void Random_bytes_and_random_damage_end_in_rows_or_a_data_error()
    {
        byte[] good = [.. "[{\"query\":\"\\u00e9 \\ud83d\\ude00\",\"response\":\"é\"},\n"u8, .. "{\"query\":1.5e3,\"response\":true,\"x\":[{\"y\":null}]}]"u8];
        var damaged = Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, good.Length]).Select((at, value, length) =>
        {
            var bytes = good.ToArray();
            bytes[at] = value;
            return bytes[..length];
        });
        var bytesOfFiles = Gen.OneOf(Gen.Byte.Array[0, 200], damaged);
        var names = Gen.Int[0, 2].Select(i => new[] { "a.jsonl", "a.json", "a.txt" }[i]);
        var separators = Gen.Int[0, 2].Select(i => new[] { null, "\n\n", "}" }[i]);
        Gen.Select(bytesOfFiles, names, separators).Sample((bytes, name, separator) =>
        {
            using var files = new WrittenFiles();
            var path = files.Write(name, bytes);
            try
            {
                Assert.NotEmpty(ExampleReader.Read(path, new ColumnMap(), separator: name == "a.txt" ? separator : null));
            }
            catch (DataException refused)
            {
                Assert.StartsWith(path, refused.Message);
            }
        }, iter: 2000);
    }

    private string Refusal(string name, string text, ColumnMap? columns = null) => Refusal(name, Encoding.UTF8.GetBytes(text), columns);

    private string Refusal(string name, byte[] bytes, ColumnMap? columns = null)
    {
        var path = _files.Write(name, bytes);
        return Assert.Throws<DataException>(() => ExampleReader.Read(path, columns ?? new ColumnMap())).Message;
    }
}
