using NoraPipelines.Evaluation;

namespace NoraPipelines.Tests.Evaluation;

public sealed class MathExtractionTests
{
    [Theory]
    [InlineData("We add. The answer is: 5", "5")]
    [InlineData("The answer is: 5.", "5")]
    [InlineData("The answer is: 5.\n\nQuestion: what else? 7", "5")]
    [InlineData("The answer is: 5. That is all.", "5")]
    [InlineData("The answer is: 3.14", "3.14")]
    [InlineData("The answer is: 3.14.", "3.14")]
    [InlineData("The answer is: $\\frac{1}{2}$.", "$\\frac{1}{2}$")]
    [InlineData("The answer is: 1\nThe answer is: 2", "2")]
    [InlineData("The answer is:\n 5", "5")]
    [InlineData("The answer is: 5\nand more", "5")]
    [InlineData("The answer is: \\begin{pmatrix}\n1 \\\\\n2\n\\end{pmatrix}. So", "\\begin{pmatrix}\n1 \\\\\n2\n\\end{pmatrix}")]
    [InlineData("The answer is: \\text{St. Ives}", "\\text{St. Ives}")]
    [InlineData("The answer is: \\frac{1}{2", "\\frac{1}{2")]
    [InlineData("The answer is: \\frac{1}{2\nNext", "\\frac{1}{2")]
    [InlineData("The answer is: (1, 2)", "(1, 2)")]
    [InlineData("The answer is: ", null)]
    [InlineData("The answer is 5", null)]
    [InlineData("5", null)]
    [InlineData("", null)]
    public void The_announced_answer_ends_with_its_sentence(string output, string? expected) =>
        Assert.Equal(expected, CompetitionMath.Announced(output));

    [Theory]
    [InlineData(@"So \boxed{5}.", "5")]
    [InlineData(@"\boxed{1} and then \boxed{2}", "2")]
    [InlineData(@"$\boxed{\frac{1}{2}}$", @"\frac{1}{2}")]
    [InlineData(@"\boxed{\left\{ x : \sqrt{x} > 1 \right\}}", @"\left\{ x : \sqrt{x} > 1 \right\}")]
    [InlineData(@"\fbox{7}", "7")]
    [InlineData(@"$\boxed 5$ is it", "5")]
    [InlineData(@"\boxed{ 8 }", "8")]
    [InlineData(@"\boxed {8}", "8")]
    [InlineData(@"\boxed{5} or \boxed{6", "5")]
    [InlineData(@"\boxed{\boxed{3}}", "3")]
    [InlineData("no box", null)]
    [InlineData(@"\boxed", null)]
    [InlineData("", null)]
    public void The_last_box_is_found_with_all_its_groups(string solution, string? expected) => Assert.Equal(expected, Boxed.Last(solution));
}
