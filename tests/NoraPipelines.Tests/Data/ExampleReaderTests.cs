using NoraPipelines.Data;
using NoraPipelines.Plans;

namespace NoraPipelines.Tests.Data;

public sealed class ExampleReaderTests : IDisposable
{
    private static readonly ColumnMap QueryResponse = new() { Prompt = "query", Response = "response" };

    private readonly WrittenFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("{\"query\":\"q1\",\"response\":\"r1\"}\n{\"query\":\"q2\",\"response\":\"r2\"}\n")]
    [InlineData("\uFEFF{\"query\":\"q1\",\"response\":\"r1\"}\r\n\r\n  \n{\"response\":\"r2\",\"other\":[1],\"query\":\"q2\"}")]
    public void Json_lines_are_read_with_mark_carriage_returns_and_blank_lines(string text)
    {
        var examples = ExampleReader.Read(_files.Write("a.jsonl", text), QueryResponse);
        Assert.Equal([new Example("q1", "r1"), new Example("q2", "r2")], examples.Select(example => example with { Unread = [] }));
    }

    [Theory]
    [InlineData("[{\"query\":\"q1\",\"response\":\"r1\"},{\"query\":\"q2\",\"response\":\"r2\"}]")]
    [InlineData("\uFEFF \n[\n {\n \"query\" : \"q1\", \"response\":\"r1\"\n } ,\r\n {\"response\":\"r2\",\"x\":[[{}]],\"query\":\"q2\"} ]\n\n")]
    public void A_json_array_is_read_object_by_object(string text)
    {
        var examples = ExampleReader.Read(_files.Write("a.json", text), QueryResponse);
        Assert.Equal([new Example("q1", "r1"), new Example("q2", "r2")], examples.Select(example => example with { Unread = [] }));
    }

    [Fact]
    public void A_text_file_has_a_text_a_line()
    {
        var examples = ExampleReader.Read(_files.Write("a.txt", "one\r\n\n two \nthree"), new ColumnMap());
        Assert.Equal([new("", "one"), new("", " two "), new("", "three")], examples);
    }

    [Fact]
    public void A_separator_cuts_a_text_file_and_white_space_around_texts()
    {
        var path = _files.Write("a.txt", "one\nline<|end|>\n\n two <|end|><|end|> \n three\n");
        Assert.Equal(["one\nline", "two", "three"], ExampleReader.Read(path, new ColumnMap(), separator: "<|end|>").Select(e => e.Response));
    }

    [Fact]
    public void Rows_longer_than_the_buffer_and_separators_across_its_border_are_read_whole()
    {
        var texts = Enumerable.Range(1, 40).Select(i => new string((char)('a' + i % 26), i * 4099)).ToArray();
        var separated = _files.Write("c.txt", string.Join("<|end|>", texts));
        Assert.Equal(texts, ExampleReader.Read(separated, new(), separator: "<|end|>").Select(e => e.Response));
        Assert.Equal(texts, ExampleReader.Read(_files.Write("b.txt", string.Join("\n", texts)), new()).Select(e => e.Response));
        var lines = texts.Select(text => $"{{\"text\":\"{text}\"}}");
        Assert.Equal(texts, ExampleReader.Read(_files.Write("a.jsonl", string.Join("\n", lines)), new()).Select(e => e.Response));
        Assert.Equal(texts, ExampleReader.Read(_files.Write("a.json", $"[{string.Join(",", lines)}]"), new()).Select(e => e.Response));
    }

    [Fact]
    public void Numbers_and_truth_values_become_the_text_that_stands_in_the_file()
    {
        var path = _files.Write("a.jsonl", "{\"query\":12.50,\"response\":-3}\n{\"query\":1e3,\"response\":true}");
        Assert.Equal([new("12.50", "-3"), new("1e3", "true")], ExampleReader.Read(path, QueryResponse));
    }

    [Theory]
    [InlineData("{\"question\":\"a\",\"answer\":\"b\"}", "a", "b", "")]
    [InlineData("{\"query\":\"a\",\"response\":\"b\",\"type\":\"c\"}", "a", "b", "")]
    [InlineData("{\"instruction\":\"a\",\"input\":\"i\",\"output\":\"b\",\"answer\":\"x\"}", "a", "b", "i")]
    [InlineData("{\"instruction\":\"a\",\"output\":\"b\"}", "a", "b", "")]
    [InlineData("{\"id\":7,\"text\":\"b\"}", "", "b", "")]
    public void Without_columns_the_known_ones_are_taken(string line, string prompt, string response, string input) =>
        Assert.Equal(new Example(prompt, response) { Input = input }, ExampleReader.Read(_files.Write("a.jsonl", line), new()).Single() with { Unread = [] });

    [Fact]
    public void The_limit_ends_reading_before_a_broken_row()
    {
        var path = _files.Write("a.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\"}\nbroken");
        Assert.Equal(2, ExampleReader.Read(path, new(), limit: 2).Count);
        Assert.Contains($"{path}:3: ", Assert.Throws<DataException>(() => ExampleReader.Read(path, new(), limit: 3)).Message);
    }

    [Fact]
    public void Blank_texts_are_passed_over()
    {
        var path = _files.Write("a.jsonl", "{\"text\":\"\"}\n{\"text\":\" \"}\n{\"text\":\"b\"}");
        Assert.Equal("b", ExampleReader.Read(path, new()).Single().Response);
    }

    [Fact]
    public void A_generator_is_read_with_its_seed_up_to_the_limit()
    {
        Assert.Equal(["7.0", "7.1", "7.2"], ExampleReader.Read(new Counting(), seed: 7, limit: 3).Select(e => e.Response));
        Assert.Contains("Counting", Assert.Throws<DataException>(() => ExampleReader.Read(new Counting(), seed: -1)).Message);
    }

    private sealed class Counting : IExampleSource
    {
        public IEnumerable<Example> Examples(int seed) =>
            seed < 0 ? [] : Enumerable.Range(0, int.MaxValue).Select(i => new Example("", $"{seed}.{i}"));
    }
}
