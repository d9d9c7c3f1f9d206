using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Runs.CommandLine;

public sealed class ModelCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CommandRun _command;

    public ModelCommandTests()
    {
        BpeTrainer.Train(["the cat sat on the mat", "one and two are three"], 270, _folder["tokenizer.json"]);
        var pipeline = new FakePipeline { Tokenizer = _folder["tokenizer.json"] };
        _command = new CommandRun(pipeline);
        using var model = FakePipeline.ModelWithWords();
        using var adapters = FakePipeline.Adapt(model);
        pipeline.Start(adapters);
        PeftExport.Write(_command["adapter"], adapters, "base");
        NestedFolder.Write(_command["nested"], adapters, "base");
    }

    [Fact]
    public void Evaluate_scores_the_base_model_the_adapter_and_the_nested_factors()
    {
        Assert.Equal(0, _command.Run("evaluate", "tiny", "--json"));
        Assert.Equal(0.0, Size());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, _command.Json.GetProperty("adapter").ValueKind);

        Assert.True(_command.Run("evaluate", "tiny", "--json", "--adapter", "adapter") == 0, _command.Error);
        var size = Size();
        Assert.True(size > 0);
        Assert.Equal(_command["adapter"], _command.Json.GetProperty("adapter").GetString());

        Assert.True(_command.Run("evaluate", "tiny", "--json", "--adapter", "nested") == 0, _command.Error);
        Assert.Equal(size, Size(), 1e-4 * size);

        double Size() => _command.Json.GetProperty("evaluation").GetProperty("size").GetDouble();
    }

    [Fact]
    public void Generate_answers_the_same_each_time_and_counts_its_tokens()
    {
        Assert.True(_command.Run("generate", "tiny", "--prompt", "the cat", "--max-tokens", "8", "--json") == 0, _command.Error);
        var first = _command.Output;
        Assert.Equal("the cat", _command.Json.GetProperty("prompt").GetString());
        Assert.InRange(_command.Json.GetProperty("tokens").GetInt32(), 0, 8);

        Assert.Equal(0, _command.Run("generate", "tiny", "--prompt", "the cat", "--max-tokens", "8", "--json"));
        Assert.Equal(first, _command.Output);

        Assert.Equal(0, _command.Run("generate", "tiny", "--prompt", "the cat", "--max-tokens", "99999", "--temperature", "1.5", "--seed", "4", "--adapter", "adapter"));
        Assert.NotEqual("", _command.Output);
    }

    [Fact]
    public void Generate_shows_what_it_answers_as_json_and_takes_its_prompt_from_a_file_or_a_pipe()
    {
        string Text(params string[] arguments)
        {
            Assert.True(_command.Run(["generate", "tiny", "--max-tokens", "8", .. arguments, "--json"]) == 0, _command.Error);
            return _command.Json.GetProperty("text").GetString()!;
        }

        var text = Text("--prompt", "the cat");
        Assert.Equal(0, _command.Run("generate", "tiny", "--max-tokens", "8", "--prompt", "the cat"));
        Assert.EndsWith(ShownText.Of(text) + Environment.NewLine, _command.Output);
        File.WriteAllText(_command["prompt.txt"], "the cat\n");
        Assert.Equal(text, Text("--file", "prompt.txt"));
        _command.Input = "the cat\n";
        Assert.Equal(text, Text());
        _command.Input = null;

        var stop = text[1..3];
        Assert.Equal(text[..text.IndexOf(stop, StringComparison.Ordinal)], Text("--prompt", "the cat", "--stop", stop));
        Assert.Equal(0, _command.Run("generate", "tiny", "--max-tokens", "8", "--prompt", "the cat", "--stop", stop));
        Assert.EndsWith(ShownText.Of(text[..text.IndexOf(stop, StringComparison.Ordinal)]) + Environment.NewLine, _command.Output);
        Assert.Equal(0, _command.Run("generate", "tiny", "--max-tokens", "8", "--prompt", "the cat", "--beams", "4"));
        Assert.NotEqual("", _command.Output);
    }

    [Fact]
    public void Evaluate_keeps_its_scores_where_it_is_told()
    {
        Assert.True(_command.Run("evaluate", "tiny", "--output", "here", "--json") == 0, _command.Error);
        Assert.Equal(_command["here"], _command.Json.GetProperty("folder").GetString());
        Assert.Contains("\"size\"", File.ReadAllText(_command["here", "scores.json"]));
        Assert.Equal(0, _command.Run("evaluate", "tiny"));
        Assert.Single(Directory.GetFiles(_command["evaluations", "tiny"], "scores.json", SearchOption.AllDirectories));
    }

    [Fact]
    public void Chat_remembers_the_conversation_until_it_is_reset()
    {
        File.WriteAllText(_folder["chat_template.jinja"],
            "{% for message in messages %}{{ message.role[0] }}{{ message.content }};{% endfor %}{% if add_generation_prompt %}a{% endif %}");
        _command.Input = "one\n\n/reset\none\ntwo\n/exit\nthree\n";
        Assert.True(_command.Run("chat", "tiny", "--max-tokens", "3", "--json") == 0, _command.Error);
        var messages = _command.Json.GetProperty("messages").EnumerateArray()
            .Select(message => (message.GetProperty("role").GetString(), message.GetProperty("content").GetString())).ToArray();
        Assert.Equal(["user", "assistant", "user", "assistant"], messages.Select(message => message.Item1));
        Assert.Equal(["one", "two"], messages.Where(message => message.Item1 == "user").Select(message => message.Item2));

        _command.Input = "one\n";
        Assert.Equal(0, _command.Run("chat", "tiny", "--max-tokens", "3"));
        Assert.EndsWith(ShownText.Of(messages[1].Item2!) + Environment.NewLine, _command.Output);
    }

    [Fact]
    public void Merge_writes_a_model_that_loads()
    {
        Assert.True(_command.Run("merge", "tiny", "--adapter", "adapter", "--output", "merged", "--json") == 0, _command.Error);

        Assert.Equal(_command["merged"], _command.Json.GetProperty("output").GetString());
        using var merged = HuggingFaceCheckpoint.Open(_command["merged"]);
        Assert.Equal(320, merged.ReadDecoderShape().VocabularySize);
        Assert.True(File.Exists(_command["merged", "tokenizer.json"]));

        Assert.Equal(1, _command.Run("merge", "tiny", "--adapter", "adapter", "--output", "merged"));
        Assert.Contains("a folder that is not empty", _command.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "there is no such folder", "evaluate", "tiny", "--adapter", "nowhere")]
    [InlineData(2, "--prompt", "generate", "tiny")]
    [InlineData(2, "--max-tokens is 0", "generate", "tiny", "--prompt", "x", "--max-tokens", "0")]
    [InlineData(2, "Both --prompt and --file", "generate", "tiny", "--prompt", "x", "--file", "y")]
    [InlineData(1, "the prompt cannot be read", "generate", "tiny", "--file", "nowhere.txt")]
    [InlineData(2, "--top-k is -3. Expected a whole number of at least 1.", "generate", "tiny", "--prompt", "x", "--top-k", "-3")]
    [InlineData(2, "--top-p is 2. Expected", "generate", "tiny", "--prompt", "x", "--top-p", "2")]
    [InlineData(2, "The prompt is empty.", "generate", "tiny", "--prompt", "")]
    [InlineData(2, "--seed is 'x'. Expected a whole number, such as 1. See --help.", "run", "tiny", "--seed", "x")]
    [InlineData(2, "--seed is '2147483648'. Expected a whole number of at most 2147483647. See --help.", "run", "tiny", "--seed", "2147483648")]
    [InlineData(2, "`run` needs the name of a pipeline. This program has: tiny. See --help.", "run")]
    [InlineData(2, "`compare` needs the name of a sweep. This program has: none. See --help.", "compare")]
    [InlineData(2, "--seed is -1. Expected a whole number of at least 0.", "run", "tiny", "--seed", "-1")]
    [InlineData(2, "There is no command 'rnu' (did you mean 'run'?). Commands: list, plan, run,", "rnu", "tiny")]
    [InlineData(2, "There is no pipeline 'tinyy' (did you mean 'tiny'?). This program has: tiny.", "run", "tinyy")]
    [InlineData(2, "--top-k has no effect at temperature 0", "generate", "tiny", "--prompt", "x", "--top-k", "4")]
    [InlineData(2, "--seed has no effect at temperature 0", "generate", "tiny", "--prompt", "x", "--seed", "4")]
    [InlineData(2, "4 beams and stop strings", "generate", "tiny", "--prompt", "x", "--beams", "4", "--stop", "y")]
    [InlineData(1, "has no chat template", "chat", "tiny")]
    [InlineData(2, "--adapter", "merge", "tiny", "--output", "x")]
    [InlineData(1, "Shorten the prompt", "generate", "tiny", "--prompt", "1234567890123456789012345678901234567890")]
    public void What_cannot_be_done_says_why(int code, string expected, params string[] arguments)
    {
        Assert.Equal(code, _command.Run([.. arguments, "--json"]));

        Assert.Contains(expected, _command.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _command.Dispose();
        _folder.Dispose();
    }
}
