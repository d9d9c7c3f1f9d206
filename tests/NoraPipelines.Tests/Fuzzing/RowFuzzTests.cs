using System.IO.Compression;
using System.Text;
using NoraPipelines.Data;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Data;
using Parquet.Serialization;

namespace NoraPipelines.Tests.Fuzzing;

/// <summary>Whatever stands in a data file, its rows are read or it is refused in words.</summary>
public sealed class RowFuzzTests : IDisposable
{
    private readonly WrittenFiles _files = new();

    [Theory]
    [InlineData("a.jsonl", "{\"prompt\":\"a \\u00e9 \\ud83d\\ude00\",\"response\":\"é\",\"x\":[{\"y\":null}]}\n{\"prompt\":1.5e3,\"response\":true,\"z\":NaN}\n")]
    [InlineData("b.jsonl", "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}]}\n{\"messages\":[{\"from\":\"human\",\"value\":\"a\"},{\"from\":\"gpt\",\"value\":\"b\"}],\"tools\":[]}\n")]
    [InlineData("a.json", "[{\"prompt\":\"a\",\"response\":\"b\"},\n {\"prompt\":\"\\ud83d\\ude00\",\"response\":2,\"c\":{\"d\":[1,-Infinity,3]}}]")]
    [InlineData("a.csv", "\uFEFFprompt,response,other\r\n\"Say \"\"hi\"\", now\",\"a\nb\",1\r\n\r\nplain,5\" disk,\r\n")]
    [InlineData("a.tsv", "prompt\tresponse\na \"b\", c\t\"\n")]
    [InlineData("a.txt", "one\ntwo\r\n\r\nthree")]
    public void Rows_of_text_are_read_or_refused(string name, string text) => Run(name, 800, Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData("a.tsv", "index\tsentence\tlabel\n0\tgood \"film\"\t1\n1\tbad\t0\n")]
    [InlineData("a.jsonl", "{\"idx\":0,\"sentence\":\"good\",\"label\":1}\n{\"sentence\":\"bad \\ud83d\\ude00\",\"label\":\"negative\",\"x\":NaN}\n")]
    public void Rows_of_a_classifier_are_read_or_refused(string name, string text) =>
        Run(name, 600, path => GlueReader.Read(path, GlueTask.Sst2), Encoding.UTF8.GetBytes(text));

    [Fact]
    public void A_compressed_file_is_read_or_refused() => Run("a.jsonl.gz", 1000, Packed("{\"prompt\":\"a\",\"response\":\"b\"}\n"u8.ToArray()),
        [.. Packed("{\"prompt\":\"a\",\"response\":\"b\"}\n"u8.ToArray()), .. Packed("{\"prompt\":\"c\",\"response\":\"d\"}\n"u8.ToArray())]);

    [Fact]
    public async Task A_parquet_file_is_read_or_refused()
    {
        var pairs = new MemoryStream();
        await ParquetSerializer.SerializeAsync(Enumerable.Range(0, 20).Select(i => new Pair { prompt = $"question {i % 3}", response = $"answer {i}", score = i, sure = i % 2 == 0 }), pairs);
        var packed = new MemoryStream();
        await ParquetSerializer.SerializeAsync([new Pair { prompt = "a", response = "b" }, new Pair { response = "c", prompt = "d" }], packed, new() { CompressionMethod = Parquet.CompressionMethod.None });
        var talks = new MemoryStream();
        await ParquetSerializer.SerializeAsync([new Talk { messages = [new() { role = "user", content = "a" }, new() { role = "assistant", content = "b" }] }], talks);
        Run("a.parquet", 400, pairs.ToArray(), packed.ToArray(), talks.ToArray());
    }

    public void Dispose() => _files.Dispose();

    private void Run(string name, int usual, params byte[][] examples) => Run(name, usual, path => ExampleReader.Read(path, new ColumnMap()), examples);

    private void Run(string name, int usual, Action<string> read, params byte[][] examples) => Fuzz.Run(usual, examples, bytes =>
    {
        var path = _files.Write(name, bytes);
        try
        {
            read(path);
        }
        catch (DataException refused)
        {
            Assert.StartsWith(path, refused.Message);
            throw;
        }
    }, problem => problem is DataException);

    private static byte[] Packed(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize)) gzip.Write(bytes);
        return packed.ToArray();
    }

#pragma warning disable IDE1006 // columns are called so
    private sealed class Pair
    {
        public string? prompt { get; set; }

        public string? response { get; set; }

        public int score { get; set; }

        public bool sure { get; set; }
    }

    private sealed class Talk
    {
        public List<Turn> messages { get; set; } = [];
    }

    private sealed class Turn
    {
        public string? role { get; set; }

        public string? content { get; set; }
    }
#pragma warning restore IDE1006
}
