using System.IO.Compression;
using NoraPipelines.Data;
using NoraPipelines.Plans;
using Parquet.Serialization;

namespace NoraPipelines.Tests.Data;

public sealed class GlueReaderTests : IDisposable
{
    private readonly WrittenFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(GlueTask.Sst2, "sentence\tlabel\na \"quoted\" film \t1", "a \"quoted\" film ", null, 1)]
    [InlineData(GlueTask.Mrpc, "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n0\t12\t13\tone\ttwo", "one", "two", 0)]
    [InlineData(GlueTask.Qnli, "index\tquestion\tsentence\tlabel\n7\twho?\thim.\tnot_entailment", "who?", "him.", 1)]
    [InlineData(GlueTask.Rte, "index\tsentence1\tsentence2\tlabel\n7\tone\ttwo\tentailment", "one", "two", 0)]
    [InlineData(GlueTask.Wnli, "index\tsentence1\tsentence2\tlabel\n7\tone\ttwo\t1", "one", "two", 1)]
    [InlineData(GlueTask.Qqp, "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t2\t3\tone\ttwo\t1", "one", "two", 1)]
    [InlineData(GlueTask.Mnli, "index\tsentence1\tsentence2\tlabel1\tgold_label\n1\tone\ttwo\tneutral\tcontradiction", "one", "two", 2)]
    [InlineData(GlueTask.Stsb, "index\tsource1\tsource2\tsentence1\tsentence2\tscore\n1\ta\tb\tone\ttwo\t3.750", "one", "two", 3.75f)]
    [InlineData(GlueTask.Cola, "gj04\t0\t*\tThem like it.", "Them like it.", null, 0)]
    [InlineData(GlueTask.Cola, "gj04\t0\t**\tLike them it.", "Like them it.", null, 0)]
    [InlineData(GlueTask.Cola, "sentence\tlabel\nThey like it.\tacceptable", "They like it.", null, 1)]
    public void Each_tasks_own_file_is_read(GlueTask task, string text, string first, string? second, float label) =>
        Assert.Equal(new LabelledText(first, second, label), Assert.Single(GlueReader.Read(_files.Write("rows.tsv", text + "\n"), task)));

    [Theory]
    [InlineData(GlueTask.Mnli, """{"premise":"one","hypothesis":"two","label":1,"idx":0}""", "one", "two", 1)]
    [InlineData(GlueTask.Mrpc, """{"sentence1":"one","sentence2":"two","label":1,"idx":0}""", "one", "two", 1)]
    [InlineData(GlueTask.Stsb, """{"sentence1":"one","sentence2":"two","label":4.2,"idx":0}""", "one", "two", 4.2f)]
    [InlineData(GlueTask.Cola, """{"sentence":"one","label":0,"extra":null}""", "one", null, 0)]
    public void The_hubs_columns_are_read_from_json(GlueTask task, string row, string first, string? second, float label)
    {
        var expected = new LabelledText(first, second, label);
        Assert.Equal([expected, expected], GlueReader.Read(_files.Write("rows.jsonl", row + "\n" + row), task));
        Assert.Equal([expected, expected], GlueReader.Read(_files.Write("rows.json", $"[{row}, {row}]"), task));
    }

    [Fact]
    public async Task Csv_parquet_compressed_files_folders_and_globs_are_read()
    {
        LabelledText[] expected = [new("a \"film\",\nlong", null, 1), new("b", null, 0)];
        Assert.Equal(expected, GlueReader.Read(_files.Write("rows.csv", "idx,sentence,label\n1,\"a \"\"film\"\",\nlong\",positive\n2,b,0\n"), GlueTask.Sst2));

        var parquet = Path.Combine(_files.Folder, "rows.parquet");
        await ParquetSerializer.SerializeAsync<HubRow>([new() { sentence = "a \"film\",\nlong", label = 1 }, new() { sentence = "b", label = 0 }], parquet);
        Assert.Equal(expected, GlueReader.Read(parquet, GlueTask.Sst2));

        var packed = Path.Combine(_files.Folder, "rows.tsv.gz");
        using (var gzip = new GZipStream(File.Create(packed), CompressionLevel.Fastest)) gzip.Write("sentence\tlabel\nb\t0\n"u8);
        Assert.Equal([expected[1]], GlueReader.Read(packed, GlueTask.Sst2));

        _files.Write("parts/1.jsonl", "{\"sentence\":\"x\",\"label\":1}");
        _files.Write("parts/2.tsv", "sentence\tlabel\ny\t0\n");
        LabelledText[] both = [new("x", null, 1), new("y", null, 0)];
        Assert.Equal(both, GlueReader.Read(Path.Combine(_files.Folder, "parts"), GlueTask.Sst2));
        Assert.Equal(both, GlueReader.Read(Path.Combine(_files.Folder, "parts/*"), GlueTask.Sst2));
        Assert.Equal([both[1], both[0]], GlueReader.Read(new DataFiles([Path.Combine(_files.Folder, "parts/2.tsv"), Path.Combine(_files.Folder, "parts/1.jsonl")]), GlueTask.Sst2));
        Assert.Equal(both[..1], GlueReader.Read(Path.Combine(_files.Folder, "parts"), GlueTask.Sst2, limit: 1));
        Assert.Contains("there is no such file", Assert.Throws<DataException>(() => GlueReader.Read(Path.Combine(_files.Folder, "row.csv"), GlueTask.Sst2)).Message);
    }

#pragma warning disable IDE1006 // the columns' own names
    private sealed class HubRow
    {
        public string sentence { get; set; } = "";

        public long label { get; set; }

        public int idx { get; set; }
    }
#pragma warning restore IDE1006

    [Fact]
    public void Rows_with_too_few_columns_are_passed_over_and_counted()
    {
        var said = new List<string>();
        var path = _files.Write("rows.tsv", "index\tsentence1\tsentence2\tlabel\n1\tone\n2\tone\ttwo\tentailment\n3\n");
        Assert.Single(GlueReader.Read(path, GlueTask.Rte, say: said.Add));
        Assert.Equal($"{path}: 2 rows have fewer columns than the header and were passed over.", Assert.Single(said));
    }

    [Fact]
    public void A_limit_takes_the_first_rows() =>
        Assert.Equal(2, GlueReader.Read(_files.Write("rows.tsv", "sentence\tlabel\na\t0\nb\t1\nc\t5\n"), GlueTask.Sst2, limit: 2).Count);

    [Theory]
    [InlineData("rows.tsv", "sentence\tlabel\na\t0\nb\tgood\n", "rows.tsv:3: the label is \"good\"; expected negative, positive, or a number from 0 to 1.")]
    [InlineData("rows.tsv", "sentence\tlabel\na\t-1\n", "The test files of GLUE have no labels")]
    [InlineData("rows.tsv", "sentence\tlabel\na\t2\n", "the label is \"2\"")]
    [InlineData("rows.tsv", "sentence\tlabel\na\t0.5\n", "the label is \"0.5\"")]
    [InlineData("rows.tsv", "text\tlabel\na\t0\n", "rows.tsv:2: there is no column `sentence`, which sst2 needs. Columns found: `text`, `label`")]
    [InlineData("rows.tsv", "sentence\tsentence\na\t0\n", "two columns have one name")]
    [InlineData("rows.tsv", "sentence\tlabel\n", "there is no row")]
    [InlineData("rows.jsonl", "[1]\n", "rows.jsonl:1: expected an object, found")]
    [InlineData("rows.jsonl", "{\"sentence\": \n", "rows.jsonl:1: not valid JSON")]
    [InlineData("rows.txt", "sentence,label\n", "read from files that end in .jsonl, .json, .csv, .tsv or .parquet (or the like with .gz); found \".txt\"")]
    [InlineData("rows.csv", "sentence,label\na,b,1\n", "rows.csv:2: the row has 3 fields, the header 2")]
    [InlineData("rows.csv", "sentence,label\n\"a\nb\",7\n", "rows.csv:2: the label is \"7\"")]
    public void What_cannot_be_read_is_named_with_its_place(string name, string text, string message) => Assert.Contains(
        message, Assert.Throws<DataException>(() => GlueReader.Read(_files.Write(name, text), GlueTask.Sst2)).Message);

    [Fact]
    public void A_score_beyond_five_is_refused() => Assert.Contains("expected a number from 0 to 5", Assert.Throws<DataException>(() =>
        GlueReader.Read(_files.Write("rows.tsv", "sentence1\tsentence2\tscore\na\tb\t5.1\n"), GlueTask.Stsb)).Message);

    [SharedTheory("data/text/glue")]
    [InlineData(GlueTask.Qnli, "QNLI/dev.tsv", 5463)]
    [InlineData(GlueTask.Sst2, "SST-2/dev.tsv", 872)]
    [InlineData(GlueTask.Mrpc, "MRPC/dev.tsv", 408)]
    public void The_published_files_have_all_of_their_rows(GlueTask task, string file, int rows)
    {
        var found = GlueReader.Read(Shared.Path($"data/text/glue/{file}"), task);
        Assert.Equal(rows, found.Count);
        Assert.Equal([0, 1], found.Select(row => (int)row.Label).Distinct().Order());
    }
}
