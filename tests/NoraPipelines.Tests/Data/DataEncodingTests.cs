using System.IO.Compression;
using System.Text;
using NoraPipelines.Data;
using NoraPipelines.Plans;

namespace NoraPipelines.Tests.Data;

/// <summary>The same two rows in every text format and encoding: read right, or refused with file, line and place.</summary>
public sealed class DataEncodingTests : IDisposable
{
    private static readonly Dictionary<string, string> Texts = new()
    {
        ["a.csv"] = "prompt,response\nnaïve?,oui\nçava,\"a\nb\"\n",
        ["a.tsv"] = "prompt\tresponse\nnaïve?\toui\nçava\ta b\n",
        ["a.jsonl"] = "{\"prompt\":\"naïve?\",\"response\":\"oui\"}\n{\"prompt\":\"çava\",\"response\":\"x\"}\n",
        ["a.json"] = "[{\"prompt\":\"naïve?\",\"response\":\"oui\"},\n{\"prompt\":\"çava\",\"response\":\"x\"}]",
        ["a.txt"] = "naïve?\nçava\n",
    };

    private readonly WrittenFiles _files = new();

    public static TheoryData<string> Names => [.. Texts.Keys];

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Utf8_is_read_with_a_mark_with_CRLF_and_compressed(string name)
    {
        var plain = Read(name, Encoding.UTF8.GetBytes(Texts[name]));
        Assert.Equal(2, plain.Count);
        Assert.Contains("naïve?", plain[0].Prompt + plain[0].Response);
        Assert.Equal(plain, Read(name, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Texts[name])]));
        // A line break within quotes is the file's own.
        var windows = Texts[name].Replace("a\nb", "a b").Replace("\n", "\r\n");
        Assert.Equal(plain.Select(row => row with { Response = row.Response.Replace('\n', ' ') }), Read(name, Encoding.UTF8.GetBytes(windows)));
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(Texts[name]));
        Assert.Equal(plain, Read(name + ".gz", packed.ToArray()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Other_encodings_are_named_with_a_remedy(string name)
    {
        Assert.Contains($"{name}: the file is in UTF-16", Refusal(name, [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Texts[name])]));
        Assert.Contains($"{name}: the file is in UTF-16", Refusal(name, [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(Texts[name])]));
        Assert.Contains("iconv -t UTF-8 -f UTF-16LE", Refusal(name, Encoding.Unicode.GetBytes(Texts[name])));
        Assert.Contains("iconv -t UTF-8 -f UTF-16BE", Refusal(name, Encoding.BigEndianUnicode.GetBytes(Texts[name])));
        var line = Texts[name][..Texts[name].IndexOf("naïve", StringComparison.Ordinal)].Count(letter => letter == '\n') + 1;
        Assert.Contains($"{name}:{line}: byte 0xEF at offset {Texts[name].IndexOf('ï')} is not UTF-8; expected a file in UTF-8. Convert it, for example with `iconv -f WINDOWS-1252",
            Refusal(name, Encoding.Latin1.GetBytes(Texts[name])));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_NUL_byte_is_named_with_its_line(string name)
    {
        var text = Texts[name].Replace("çava", "cava").Replace("ï", "i");
        var at = text.IndexOf("cava", StringComparison.Ordinal) + 2;
        var message = Refusal(name, Encoding.UTF8.GetBytes(text[..at] + "\0" + text[at..]));
        Assert.Contains($"{name}:{text[..at].Count(letter => letter == '\n') + 1}: byte 0x00 at offset {at} is no text", message);
    }

    [Theory]
    [InlineData("a.csv")]
    [InlineData("a.tsv")]
    [InlineData("a.jsonl")]
    [InlineData("a.txt")]
    public void Lines_that_end_in_CR_alone_are_named(string name) =>
        Assert.Contains($"{name}:1: line 1 ends in CR (0x0D) alone, at offset", Refusal(name, Encoding.UTF8.GetBytes(Texts[name].Replace('\n', '\r'))));

    [Theory]
    [InlineData("prompt;response\na;b\n", "a.csv:1: the header is one column, \"prompt;response\", whose names seem to stand between semicolons; expected commas in this file. Write the file again with commas.")]
    [InlineData("prompt\tresponse\na\tb\n", "seem to stand between tabs; expected commas in this file. Name the file .tsv.")]
    [InlineData("prompt,response,prompt\na,b,c\n", "a.csv:1: the header has the column `prompt` twice")]
    [InlineData("prompt,response\na,b\n\"x\ny\",z\nc\n", "a.csv:5: the row has 1 fields, the header 2 (`prompt`, `response`)")]
    [InlineData("prompt,response\na,b\nc,d,e\n", "a.csv:3: the row has 3 fields, the header 2")]
    [InlineData("prompt,response\na,\"b\n", "a.csv:2: the quote that opens in this row is not closed")]
    [InlineData("prompt,response\n\"a\"x,b\n", "a.csv:2: after a quoted field expected `,`")]
    public void A_table_that_is_broken_is_named_with_its_line(string text, string expected) =>
        Assert.Contains(expected, Refusal("a.csv", Encoding.UTF8.GetBytes(text)));

    private IReadOnlyList<Example> Read(string name, byte[] bytes) => ExampleReader.Read(_files.Write(name, bytes), new ColumnMap());

    private string Refusal(string name, byte[] bytes) => Assert.Throws<DataException>(() => Read(name, bytes)).Message;
}
