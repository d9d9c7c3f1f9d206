using NoraPipelines.Data;
using NoraPipelines.Evaluation;

namespace NoraPipelines.Tests.Evaluation;

public sealed class CommonsenseAnswerTests
{
    [Theory]
    [InlineData("boolq", "the correct answer is true", "true")]
    [InlineData("boolq", "the correct answer is false", "false")]
    [InlineData("boolq", "false, not true", "false")]
    [InlineData("boolq", "untrue", "true")]
    [InlineData("boolq", "True", null)]
    [InlineData("boolq", "yes", null)]
    [InlineData("boolq", "", null)]
    [InlineData("boolq", "I think\n### Response: true", null)]
    [InlineData("boolq", "false\n### Response: true", "false")]
    [InlineData("piqa", "the correct answer is solution2", "solution2")]
    [InlineData("piqa", "solution3 solution1", "solution1")]
    [InlineData("piqa", "Solution1", null)]
    [InlineData("piqa", "solution 1", null)]
    [InlineData("piqa", "solution12", "solution1")]
    [InlineData("social_i_qa", "the correct answer is answer3", "answer3")]
    [InlineData("social_i_qa", "answer4 is not offered", "answer4")]
    [InlineData("hellaswag", "the correct answer is ending4", "ending4")]
    [InlineData("hellaswag", "ending5", null)]
    [InlineData("winogrande", "the correct answer is option1", "option1")]
    [InlineData("winogrande", "option3 or option2", "option2")]
    [InlineData("arc_easy", "answer5", "answer5")]
    [InlineData("arc_easy", "answer6", null)]
    [InlineData("arc_easy", "A", null)]
    [InlineData("arc_challenge", "the correct answer is answer1 because answer2 is wrong", "answer1")]
    [InlineData("openbookqa", "  answer4\n", "answer4")]
    [InlineData("openbookqa", "the correct answer is", null)]
    public void The_first_option_as_given_is_the_answer(string set, string output, string? expected) =>
        Assert.Equal(expected, Find(set).Extract(output));

    [SharedTheory("data/text/commonsense")]
    [InlineData("boolq", "boolq", 3270, 2)]
    [InlineData("piqa", "piqa", 1838, 2)]
    [InlineData("social_i_qa", "social_i_qa", 1954, 3)]
    [InlineData("ARC-Easy", "arc_easy", 2376, 4)]
    [InlineData("openbookqa", "openbookqa", 500, 4)]
    public void Every_published_row_has_an_option_that_its_own_training_answer_yields(string folder, string name, int rows, int options)
    {
        var path = Shared.Path($"data/text/commonsense/{folder}/test.json");
        var set = Find(name);
        var answers = ExampleReader.Read(path, set.Protocol.Columns);
        var outputs = ExampleReader.Read(path, new() { Prompt = "instruction", Response = "output" });
        Assert.Equal(rows, answers.Count);
        foreach (var (answer, output) in answers.Zip(outputs))
        {
            Assert.Contains(answer.Response, set.Protocol.Options);
            Assert.Equal(answer.Response, set.Extract(output.Response));
            Assert.StartsWith(set.Opening, output.Response);
            Assert.Contains(answer.Response, set.Offered(answer.Prompt));
        }
        Assert.Equal(options, answers.GroupBy(answer => set.Offered(answer.Prompt).Count).MaxBy(group => group.Count())!.Key);
    }

    private static Commonsense Find(string name) => Commonsense.All.Single(set => set.Protocol.Name == "commonsense/" + name);
}
