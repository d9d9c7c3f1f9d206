using System.Text.RegularExpressions;
using NoraPipelines.Data;
using NoraPipelines.Shipped.Problems;

namespace NoraPipelines.Tests.Shipped;

public class WordProblemsTests
{
    public static TheoryData<IExampleSource> Sources =>
        [new WordProblems(), new HeldOutWordProblems(), new ShoppingProblems(), new HeldOutShoppingProblems()];

    [Theory]
    [MemberData(nameof(Sources))]
    public void Every_step_is_true_no_number_is_above_50_and_the_last_result_is_the_answer(IExampleSource source)
    {
        foreach (var example in source.Examples(3).Take(2000))
        {
            var steps = Regex.Matches(example.Response, @"(\d+) ([-+x/]) (\d+) = (\d+)\.");
            Assert.NotEmpty(steps);
            foreach (Match step in steps)
            {
                var (a, b, result) = (Number(step, 1), Number(step, 3), Number(step, 4));
                var expected = step.Groups[2].Value switch { "+" => a + b, "-" => a - b, "x" => a * b, _ => a / b };
                Assert.True(expected == result && a <= 50 && b <= 50 && result is >= 0 and <= 50, $"{example.Prompt}{example.Response}");
            }
            if (example.Prompt.Length == 0) continue; // a row of bare arithmetic asks nothing
            Assert.EndsWith($"The answer is: {steps[^1].Groups[4].Value}", example.Response);
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void The_same_seed_makes_the_same_problems_and_another_seed_others(IExampleSource source)
    {
        Assert.Equal(source.Examples(1).Take(100), source.Examples(1).Take(100));
        Assert.NotEqual(source.Examples(1).Take(100), source.Examples(2).Take(100));
    }

    [Fact]
    public void Held_out_questions_never_occur_in_training_whatever_the_seed()
    {
        var heldOut = new HeldOutWordProblems().Examples(5).Take(1000).Select(example => example.Prompt).ToHashSet();
        Assert.DoesNotContain(new WordProblems().Examples(5).Take(50_000), example => heldOut.Contains(example.Prompt));
    }

    [Fact]
    public void No_problem_of_the_base_model_multiplies_and_goes_on()
    {
        Assert.DoesNotContain(WordProblems.Problems(1).Take(20_000), example => Regex.IsMatch(example.Response, @" x .*[-+] "));
        Assert.All(new ShoppingProblems().Examples(1).Take(1000), example => Assert.Matches(@" x .* - ", example.Response));
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value);
}
