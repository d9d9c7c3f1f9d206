using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
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
    public void Merge_writes_a_model_that_loads()
    {
        Assert.True(_command.Run("merge", "tiny", "--adapter", "adapter", "--output", "merged", "--json") == 0, _command.Error);

        Assert.Equal(_command["merged"], _command.Json.GetProperty("output").GetString());
        using var merged = HuggingFaceCheckpoint.Open(_command["merged"]);
        Assert.Equal(320, merged.ReadDecoderShape().VocabularySize);
        Assert.True(File.Exists(_command["merged", "tokenizer.json"]));
    }

    [Theory]
    [InlineData(1, "there is no such folder", "evaluate", "tiny", "--adapter", "nowhere")]
    [InlineData(2, "--prompt", "generate", "tiny")]
    [InlineData(2, "--max-tokens is 0", "generate", "tiny", "--prompt", "x", "--max-tokens", "0")]
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
