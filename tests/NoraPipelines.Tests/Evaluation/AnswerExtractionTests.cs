using NoraPipelines.Data;
using NoraPipelines.Evaluation;
using NoraPipelines.Plans;

namespace NoraPipelines.Tests.Evaluation;

public sealed class AnswerExtractionTests
{
    [Theory]
    [InlineData("The answer is: 42", "42")]
    [InlineData("The answer is: 42.", "42")]
    [InlineData("The answer is:42", "42")]
    [InlineData("The answer is:\n42", "42")]
    [InlineData("So it is.\nThe answer is: 42\n", "42")]
    [InlineData("The answer is: 7. No. The answer is: 8", "8")]
    [InlineData("The answer is: 7. The answer is: ", null)]
    [InlineData("The answer is: twelve", null)]
    [InlineData("5 + 5 = 10. The answer is: twelve", null)]
    [InlineData("The answer is: 1,234", "1234")]
    [InlineData("The answer is: 1,234,567", "1234567")]
    [InlineData("The answer is: 1,234,567.50", "2469135/2")]
    [InlineData("The answer is: 1,00,000", "100000")]
    [InlineData("The answer is: 10,20", "10")]
    [InlineData("The answer is: 3, 4 and 5", "3")]
    [InlineData("The answer is: 1,2345", "1")]
    [InlineData("The answer is: $42", "42")]
    [InlineData("The answer is: \\$42", "42")]
    [InlineData("The answer is: $ 42", "42")]
    [InlineData("The answer is: $1,200.00", "1200")]
    [InlineData("The answer is: $42.50", "85/2")]
    [InlineData("The answer is: €5", "5")]
    [InlineData("The answer is: -5", "-5")]
    [InlineData("The answer is: −5", "-5")]
    [InlineData("The answer is: +5", "5")]
    [InlineData("The answer is: -$5", "-5")]
    [InlineData("The answer is: $-5", "-5")]
    [InlineData("The answer is: - 5", "5")]
    [InlineData("The answer is: 16-9", "16")]
    [InlineData("The answer is: x-9", "9")]
    [InlineData("The answer is: 50%", "50")]
    [InlineData("The answer is: 50\\%", "50")]
    [InlineData("The answer is: 12.5%", "25/2")]
    [InlineData("The answer is: 0.5", "1/2")]
    [InlineData("The answer is: .5", "1/2")]
    [InlineData("The answer is: 0.50", "1/2")]
    [InlineData("The answer is: -0.25", "-1/4")]
    [InlineData("The answer is: 0", "0")]
    [InlineData("The answer is: -0", "0")]
    [InlineData("The answer is: 007", "7")]
    [InlineData("The answer is: 3/4", "3/4")]
    [InlineData("The answer is: 6/8", "3/4")]
    [InlineData("The answer is: 8/4", "2")]
    [InlineData("The answer is: 3 / 4", "3/4")]
    [InlineData("The answer is: -3/4", "-3/4")]
    [InlineData("The answer is: 1/0", null)]
    [InlineData("The answer is: 2 1/2", "5/2")]
    [InlineData("The answer is: -2 1/2", "-5/2")]
    [InlineData("The answer is: \\frac{3}{4}", "3/4")]
    [InlineData("The answer is: -\\dfrac{3}{4}", "-3/4")]
    [InlineData("The answer is: $\\frac{10}{5}$", "2")]
    [InlineData("The answer is: \\frac{1}{0}", null)]
    [InlineData("The answer is: $20/hour", "20")]
    [InlineData("The answer is: 42 apples", "42")]
    [InlineData("The answer is: 42km", "42")]
    [InlineData("The answer is: x = 42", "42")]
    [InlineData("The answer is: x=-42", "-42")]
    [InlineData("The answer is: **42**", "42")]
    [InlineData("The answer is: \\boxed{42}", "42")]
    [InlineData("The answer is: (-42)", "-42")]
    [InlineData("The answer is: 3:30", "3")]
    [InlineData("The answer is: 12 or 13", "12")]
    [InlineData("The answer is: 99999999999999999999999999", "99999999999999999999999999")]
    [InlineData("the answer is: 1. Then 2", "2")]
    [InlineData("The answer is 41", "41")]
    [InlineData("16 - 3 - 4 = 9 eggs, 9 * 2 = $18.", "18")]
    [InlineData("", null)]
    [InlineData("no number at all", null)]
    [InlineData("The answer is: ٤٢", null)]
    public void The_answer_of_an_output(string output, string? expected) =>
        Assert.Equal(expected, AnswerExtraction.Final(output)?.ToString());

    [Theory]
    [InlineData("The answer is: 42. That took 3 steps.", "3")]
    [InlineData("16 - 3 - 4 = 9", "9")]
    [InlineData("20-5", "5")]
    [InlineData("20 -5", "-5")]
    [InlineData("(4)-5", "5")]
    [InlineData("50%-5", "5")]
    [InlineData("He pays $1,200.", "1200")]
    [InlineData("A total of 12 / 4 = 3 apples.", "3")]
    [InlineData("It is 3/4", "3/4")]
    [InlineData("between 5–7", "7")]
    [InlineData("2.", "2")]
    [InlineData("at 1.2.3", "3/10")]
    [InlineData("none", null)]
    public void The_last_number_of_an_output(string output, string? expected) =>
        Assert.Equal(expected, AnswerExtraction.Last(output)?.ToString());

    [Theory]
    [InlineData("Work.\n#### 18", "18")]
    [InlineData("#### 1,450,000", "1450000")]
    [InlineData("#### -10", "-10")]
    [InlineData("#### $70,000", "70000")]
    [InlineData("#### 2.5 ", "5/2")]
    [InlineData("#### 5.", "5")]
    [InlineData("#### 20%", "20")]
    [InlineData("#### 18\nThe answer is: 18", "18")]
    [InlineData("#### 1 #### 2", "2")]
    [InlineData("18", null)]
    [InlineData("####18", null)]
    [InlineData("#### ", null)]
    [InlineData("#### 18 apples", null)]
    [InlineData("#### eighteen", null)]
    public void The_gold_number_of_a_reference(string answer, string? expected) =>
        Assert.Equal(expected, AnswerExtraction.Gold(answer)?.ToString());

    [SharedTheory("data/text/gsm8k")]
    [InlineData("test.jsonl", 1319)]
    [InlineData("train.jsonl", 7473)]
    public void Every_reference_answer_of_GSM8K_has_a_gold_number_that_its_own_text_gives_back(string file, int count)
    {
        var examples = ExampleReader.Read(Shared.Path("data/text/gsm8k/" + file), new ColumnMap { Prompt = "question", Response = "answer" });
        Assert.Equal(count, examples.Count);
        Assert.All(examples, example =>
        {
            var gold = AnswerExtraction.Gold(example.Response);
            Assert.NotNull(gold);
            var written = example.Response.Split("#### ")[^1];
            Assert.Equal(written.Replace(",", ""), gold.ToString());
            Assert.Equal(gold, AnswerExtraction.Last(example.Response));
            Assert.Equal(gold, AnswerExtraction.Final($"{example.Response}\nThe answer is: {written}"));
            Assert.Equal(gold, AnswerExtraction.Final($"The answer is: ${written}.00."));
        });
    }

    [Fact]
    public void A_long_hostile_output_takes_no_time()
    {
        var time = ThreadTime.Of(() =>
        {
            foreach (var piece in new[] { "1,", "1 ", "1/", "\\frac{", "$-", "1,234", "9", ".5", "1 2/" })
            {
                var output = string.Concat(Enumerable.Repeat(piece, 20_000 / piece.Length));
                AnswerExtraction.Final(output);
                AnswerExtraction.Final(AnswerExtraction.Marker + output);
            }
        });
        Assert.InRange(time.TotalSeconds, 0, 5);
    }
}
