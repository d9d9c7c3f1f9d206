using System.IO.Compression;
using System.Text.Json.Serialization;
using NoraPipelines.Data;
using NoraPipelines.Plans;
using Parquet.Serialization;

namespace NoraPipelines.Tests.Data;

public sealed class DataFormatTests : IDisposable
{
    private readonly WrittenFiles _files = new();

    [Fact]
    public void A_table_s_quoted_fields_hold_commas_quotes_and_line_breaks()
    {
        var path = _files.Write("a.csv", "prompt,response\r\n\"Say \"\"hi\"\", now\",\"a\nb\"\r\n\r\nplain,\r\n x ,\"é,\"\n");

        Assert.Equal([new Example("Say \"hi\", now", "a\nb"), new Example("plain", ""), new Example(" x ", "é,")], Read(path));
    }

    [Theory]
    [InlineData("prompt,response\na,b", "a", "b")]
    [InlineData("﻿prompt,response\na,b\n", "a", "b")]
    [InlineData("prompt,response\n\"a\",\"\"\n", "a", "")]
    [InlineData("prompt,response\n\"a\"\"\",\"\"\"\"\n", "a\"", "\"")]
    [InlineData("prompt,response\na 5\" disk,x \"y\"\n", "a 5\" disk", "x \"y\"")]
    [InlineData("prompt,response\na\",b\"\n", "a\"", "b\"")]
    public void A_table_s_edges_are_read(string text, string prompt, string response) =>
        Assert.Equal([new Example(prompt, response)], Read(_files.Write("a.csv", text)));

    [Theory]
    [InlineData("a,b\n1,2,3\n", "a.csv:2: the row has 3 fields, the header 2 (`a`, `b`)")]
    [InlineData("a,b\n1,\"2\n", "a.csv:2: the quote that opens in this row is not closed")]
    [InlineData("a,b\n\"1\"x,2\n", "after a quoted field expected `,`")]
    [InlineData("a,a\n1,2\n", "the header has the column `a` twice")]
    [InlineData("\n\n", "there is no header")]
    [InlineData("a,b\n1,2\n", "the columns `a`, `b` are not known")]
    [InlineData("prompt,response\n", "there is no row in the file")]
    [InlineData("prompt,response\n\"x\ny\",1\nz\n", "a.csv:4: the row has 1 fields")]
    public void A_table_s_problem_names_file_and_line(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<DataException>(() => Read(_files.Write("a.csv", text))).Message);

    [Fact]
    public void A_tab_separated_file_has_no_quotes() =>
        Assert.Equal([new Example("a \"b\", c", "\"")], Read(_files.Write("a.tsv", "prompt\tresponse\na \"b\", c\t\"\n")));

    [Fact]
    public async Task A_parquet_file_gives_texts_numbers_and_conversations()
    {
        await Parquet("a.parquet", new Pair { Prompt = "q1", Response = "r1", Score = 2 }, new Pair { Prompt = "q2", Response = "r2" });
        await Parquet("b.parquet", new Talk { Messages = [new() { Role = "user", Content = "hi" }, new() { Role = "assistant", Content = "yo" }] });

        Assert.Equal([("q1", "r1"), ("q2", "r2")], Read("a.parquet", new ColumnMap { Prompt = "Prompt", Response = "Response" }).Select(row => (row.Prompt, row.Response)));
        Assert.Equal("2", Read("a.parquet", new ColumnMap { Text = "Score" })[0].Response);
        Assert.Equal(["user: hi", "assistant: yo"], Read("b.parquet", new ColumnMap { Messages = "Messages" })[0].Messages!.Select(message => $"{message.Role}: {message.Content}"));
    }

    [Fact]
    public async Task A_parquet_file_s_missing_column_is_named_with_its_row()
    {
        await Parquet("a.parquet", new Pair { Prompt = "q" });

        Assert.Contains("a.parquet:1: there is no column `Promt`; did you mean `Prompt`?", Refused("a.parquet", new ColumnMap { Text = "Promt" }));
        Assert.Contains("column `Response` is null, expected text", Refused("a.parquet", new ColumnMap { Text = "Response" }));
    }

    [Fact]
    public async Task A_lying_parquet_file_is_refused_and_never_crashes()
    {
        await Parquet("a.parquet", [.. Enumerable.Range(0, 50).Select(i => new Pair { Prompt = $"question {i}", Response = $"answer {i}", Score = i })]);
        var bytes = File.ReadAllBytes(Path.Combine(_files.Folder, "a.parquet"));
        var random = new Random(3);

        for (var i = 0; i < 60; i++)
        {
            var damaged = (byte[])bytes.Clone();
            for (var change = 0; change <= i % 3; change++) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (i % 5 == 0) damaged = damaged[..random.Next(damaged.Length)];
            _files.Write("b.parquet", damaged);
            var thrown = Record.Exception(() => Read("b.parquet", new ColumnMap { Prompt = "Prompt", Response = "Response" }));
            Assert.True(thrown is null or DataException, thrown?.ToString());
        }
    }

    [Fact]
    public async Task A_parquet_column_that_nobody_asks_for_is_not_read()
    {
        await Parquet("a.parquet", new Pair { Prompt = "q1", Response = "r1", Score = 2 });
        Rewrite("a.parquet", metadata => Column(metadata, "Score").Fields[4] = (ThriftType.I32, 5L));

        var row = Assert.Single(Read("a.parquet", new ColumnMap { Prompt = "Prompt", Response = "Response" }));
        Assert.Equal(("q1", "r1", "the column `Score`"), (row.Prompt, row.Response, Assert.Single(row.Unread)));
        Assert.Contains("column `Score` is compressed with LZ4 in Hadoop's frame, which is not supported", Refused("a.parquet", new ColumnMap { Text = "Score" }));
    }

    [Fact]
    public async Task A_parquet_column_beside_a_conversation_is_read_or_told()
    {
        await Parquet("a.parquet", new Talk { Source = "s", System = "Be brief.", Messages = [new() { Role = "user", Content = "hi" }, new() { Role = "assistant", Content = "yo" }] });

        var example = Read("a.parquet", new ColumnMap { Messages = "Messages" })[0];

        Assert.Equal(["system", "user", "assistant"], example.Messages!.Select(message => message.Role));
        Assert.Equal(["the column `Source`"], example.Unread);
    }

    [Theory]
    [InlineData(5, 1L << 40, "says that it has 1,099,511,627,776 values")]
    [InlineData(7, 1L << 62, "in a file of")]
    [InlineData(9, -1, "from byte -1 on")]
    public async Task A_parquet_column_s_claims_are_held_against_the_file(short field, long claimed, string expected)
    {
        await Parquet("a.parquet", new Pair { Prompt = "q1", Response = "r1" });
        Rewrite("a.parquet", metadata => Column(metadata, "Prompt").Fields[field] = (ThriftType.I64, claimed));

        Assert.Contains(expected, Refused("a.parquet", new ColumnMap { Text = "Prompt" }));
    }

    [Theory]
    [InlineData(new byte[] { 0x29, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, "claim a list of 2147483647 items")]
    [InlineData(new byte[] { 0x38, 0xFF, 0xFF, 0xFF, 0x7F }, "claim a text of 268435455 bytes")]
    [InlineData(new byte[] { 0x1C, 0x1C, 0x1C, 0x1C }, "the metadata end within a value")]
    public void A_count_in_parquet_s_metadata_is_held_against_the_bytes_that_are_left(byte[] metadata, string expected)
    {
        _files.Write("a.parquet", [.. "PAR1"u8, .. metadata, (byte)metadata.Length, 0, 0, 0, .. "PAR1"u8]);

        Assert.Contains(expected, Refused("a.parquet", new ColumnMap()));
    }

    [Theory]
    [InlineData("a.parquet", "PAR1", "cannot be read as Parquet")]
    [InlineData("a.parquet", "{}", "cannot be read as Parquet")]
    [InlineData("a.parquet", "", "the file is empty")]
    [InlineData("a.parquet", "version https://git-lfs.github.com/spec/v1\n", "does not begin with PAR1: this is a git-LFS pointer")]
    [InlineData("a.jsonl.gz", "PK\u0003\u0004", "this is a zip file (it begins PK), expected gzip")]
    [InlineData("a.jsonl.gz", "{}", "is not gzip: it begins 7B 7D, expected 1F 8B")]
    public void A_file_that_is_no_such_file_is_refused(string name, string text, string expected)
    {
        _files.Write(name, text);

        Assert.Contains(expected, Refused(name, new ColumnMap()));
    }

    [Fact]
    public void Compressed_lines_are_unpacked()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress)) gzip.Write("{ \"text\": \"a\" }\n{ \"text\": \"b\" }\n"u8);
        _files.Write("a.jsonl.gz", packed.ToArray());

        Assert.Equal(["a", "b"], Read("a.jsonl.gz", new ColumnMap()).Select(row => row.Response));
        _files.Write("b.jsonl.gz", [.. packed.ToArray(), .. packed.ToArray()]);
        Assert.Equal(["a", "b", "a", "b"], Read("b.jsonl.gz", new ColumnMap()).Select(row => row.Response));
    }

    [Theory]
    [InlineData("the middle", "ends in the middle of its compressed data, after ")]
    [InlineData("the trailer", "ends in its last 8 bytes, which hold its checksum and length")]
    [InlineData("the header", "ends in its header")]
    [InlineData("a checksum", "the checksum (CRC-32) of what was unpacked is")]
    [InlineData("a length", "bytes were unpacked, the file says")]
    [InlineData("more", "other bytes follow the compressed data")]
    [InlineData("a bit", "a.csv.gz")]
    public void A_damaged_compressed_file_is_refused_by_what_is_wrong(string wrong, string expected)
    {
        var packed = new MemoryStream();
        var rows = "prompt,response\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"question {i * 7919 % 20_011},answer {i}\n"));
        using (var gzip = new GZipStream(packed, CompressionMode.Compress)) gzip.Write(System.Text.Encoding.UTF8.GetBytes(rows));
        var bytes = packed.ToArray();
        switch (wrong)
        {
            case "the middle": bytes = bytes[..(bytes.Length / 2)]; break;
            case "the trailer": bytes = bytes[..^8]; break;
            case "the header": bytes = bytes[..7]; break;
            case "a checksum": bytes[^8] ^= 1; break;
            case "a length": bytes[^4] ^= 1; break;
            case "more": bytes = [.. bytes, .. "rest"u8]; break;
            default: bytes[bytes.Length / 2] ^= 16; break;
        }
        _files.Write("a.csv.gz", bytes);

        Assert.Contains(expected, Refused("a.csv.gz", new ColumnMap()));
    }

    [Fact]
    public void A_folder_and_a_glob_are_read_in_the_order_of_names()
    {
        Directory.CreateDirectory(Path.Combine(_files.Folder, "in", "deep"));
        _files.Write("in/b.jsonl", "{ \"text\": \"b\" }");
        _files.Write("in/a.csv", "text\na\n");
        _files.Write("in/readme.md", "no");
        _files.Write("in/deep/c.jsonl", "{ \"text\": \"c\" }");

        Assert.Equal("ab", Joined("in"));
        Assert.Equal("b", Joined("in/*.jsonl"));
        Assert.Equal("bc", Joined("in/**/*.jsonl")[..2]);
        Assert.Equal("c", Joined("in/*/?.jsonl"));
        Assert.Contains("no data file fits", Refused("in/*.parquet", new ColumnMap()));
        Assert.Contains("holds no data file", Refused(Path.Combine("in", "deep", "..", "deep", "..", "..", Empty()), new ColumnMap()));
    }

    [Fact]
    public void The_parts_of_a_split_share_no_row_and_miss_none()
    {
        _files.Write("a.jsonl", string.Concat(Enumerable.Range(0, 500).Select(i => $"{{ \"text\": \"{i}\" }}\n")));
        string[] Part(SplitPart part, int seed) =>
            [.. ExampleReader.Read(Path.Combine(_files.Folder, "a.jsonl"), new ColumnMap(), split: new SplitPlan(0.2, seed, part)).Select(row => row.Response)];

        var (train, heldOut) = (Part(SplitPart.Train, 1), Part(SplitPart.HeldOut, 1));

        Assert.Empty(train.Intersect(heldOut));
        Assert.Equal(500, train.Length + heldOut.Length);
        Assert.InRange(heldOut.Length, 75, 125);
        Assert.Equal(heldOut, Part(SplitPart.HeldOut, 1));
        Assert.NotEqual(heldOut, Part(SplitPart.HeldOut, 2));
        Assert.Equal(heldOut.Length, RowSplit.Count(new SplitPlan(0.2, 1, SplitPart.HeldOut), 500));
        Assert.Equal(heldOut[..3], ExampleReader.Read(Path.Combine(_files.Folder, "a.jsonl"), new ColumnMap(), limit: 3, split: new SplitPlan(0.2, 1, SplitPart.HeldOut)).Select(row => row.Response));
    }

    [Fact]
    public void A_part_without_rows_is_said()
    {
        _files.Write("a.jsonl", "{ \"text\": \"a\" }");

        var message = Assert.Throws<DataException>(() =>
            ExampleReader.Read(Path.Combine(_files.Folder, "a.jsonl"), new ColumnMap(), split: new SplitPlan(1e-9, 1, SplitPart.HeldOut))).Message;

        Assert.Contains("no row is in this part of the split", message);
    }

    public void Dispose() => _files.Dispose();

    private static ThriftStruct Column(ThriftStruct metadata, string name) => metadata.List<ThriftStruct>(4).Single().List<ThriftStruct>(1)
        .Select(chunk => chunk.Struct(3)!).Single(column => column.List<byte[]>(3).Single().AsSpan().SequenceEqual(System.Text.Encoding.UTF8.GetBytes(name)));

    /// <summary>Gives a Parquet file other metadata.</summary>
    private void Rewrite(string name, Action<ThriftStruct> change)
    {
        var bytes = File.ReadAllBytes(Path.Combine(_files.Folder, name));
        var length = BitConverter.ToInt32(bytes, bytes.Length - 8);
        var metadata = new ThriftReader(bytes.AsSpan()[^(length + 8)..^8]).Struct();
        change(metadata);
        using var written = new MemoryStream();
        ThriftWriter.Write(written, metadata);
        _files.Write(name, [.. bytes[..^(length + 8)], .. written.ToArray(), .. BitConverter.GetBytes((int)written.Length), .. "PAR1"u8]);
    }

    private string Empty()
    {
        Directory.CreateDirectory(Path.Combine(_files.Folder, "empty"));
        return "empty";
    }

    private string Joined(string path) => string.Concat(Read(path, new ColumnMap()).Select(row => row.Response));

    private string Refused(string name, ColumnMap columns) => Assert.Throws<DataException>(() => Read(name, columns)).Message;

    private static IReadOnlyList<Example> Read(string path) => ExampleReader.Read(path, new ColumnMap());

    private IReadOnlyList<Example> Read(string name, ColumnMap columns) => ExampleReader.Read(Path.Combine(_files.Folder, name), columns);

    private async Task Parquet<T>(string name, params T[] rows) where T : class, new() =>
        await ParquetSerializer.SerializeAsync(rows, Path.Combine(_files.Folder, name));

    internal sealed class Pair
    {
        public string? Prompt { get; set; }

        public string? Response { get; set; }

        public int Score { get; set; }
    }

    internal sealed class Talk
    {
        public string? Source { get; set; }

        [JsonPropertyName("system")]
        public string? System { get; set; }

        public List<Turn> Messages { get; set; } = [];
    }

    internal sealed class Turn
    {
        [JsonPropertyName("role")]
        public string? Role { get; set; }

        [JsonPropertyName("content")]
        public string? Content { get; set; }
    }
}
