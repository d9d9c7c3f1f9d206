using NoraPipelines.Data;
using NoraPipelines.Evaluation;

namespace NoraPipelines.Tests.Evaluation;

public sealed class MathAnswerTests
{
    [Theory]
    // fractions
    [InlineData(@"\frac{1}{2}", @"\dfrac{1}{2}")]
    [InlineData(@"\frac{1}{2}", @"\tfrac{1}{2}")]
    [InlineData(@"\frac{1}{2}", @"\cfrac{1}{2}")]
    [InlineData(@"\frac12", @"\frac{1}{2}")]
    [InlineData(@"\frac1{72}", @"\frac{1}{72}")]
    [InlineData(@"\frac{270}7", @"\frac{270}{7}")]
    [InlineData(@"\frac 59", "5/9")]
    [InlineData(@"\frac{1}{2}", "1/2")]
    [InlineData(@"\frac{1}{2}", "0.5")]
    [InlineData(@"\frac{1}{2}", ".5")]
    [InlineData(@"\frac{6}{8}", @"\frac{3}{4}")]
    [InlineData(@"\frac{3}{1}", "3")]
    [InlineData(@"-\frac{1}{2}", @"\frac{-1}{2}")]
    [InlineData(@"-\frac{1}{2}", "-1/2")]
    [InlineData(@"-\frac{1}{2}", "-.5")]
    [InlineData(@"1\frac{4}{5}", @"\frac{9}{5}")]
    [InlineData(@"137 \frac{1}{2}", "137.5")]
    [InlineData(@"\frac{\pi}{2}", @"\pi/2")]
    [InlineData(@"\frac\pi2", @"\frac{\pi}{2}")]
    [InlineData(@"\frac{2\pi}{3}", @"2\pi/3")]
    [InlineData(@"-\frac{\pi}{6}", @"\frac{-\pi}{6}")]
    [InlineData(@"-\frac{\pi}{6}", @"-\pi/6")]
    [InlineData(@"\frac{\sqrt3}2", @"\frac{\sqrt{3}}{2}")]
    [InlineData(@"\frac{\sqrt{3}}{2}", @"\sqrt{3}/2")]
    [InlineData(@"\frac{3\sqrt{3}}{4}", @"3\sqrt{3}/4")]
    [InlineData(@"\frac{x}{y}", "x/y")]
    [InlineData("½", "0.5")]
    // roots
    [InlineData(@"\sqrt2", @"\sqrt{2}")]
    [InlineData(@"\sqrt 2", @"\sqrt{2}")]
    [InlineData(@"11\sqrt2", @"11 \sqrt{2}")]
    [InlineData(@"\sqrt{13}", "√13")]
    [InlineData(@"2\sqrt{5}", "2√5")]
    [InlineData(@"\sqrt[3]{2}", @"\sqrt[3]2")]
    // numbers
    [InlineData("42", "42.")]
    [InlineData("42", "42.0")]
    [InlineData("42", "+42")]
    [InlineData("-3", "−3")]
    [InlineData("0.5", ".50")]
    [InlineData("10.00", "10")]
    [InlineData("007", "7")]
    [InlineData("1,000", "1000")]
    [InlineData("1,234,567", "1234567")]
    [InlineData("1{,}000", "1000")]
    [InlineData(@"10,\!080", "10080")]
    [InlineData(@"11,\! 111,\! 111,\! 100", "11111111100")]
    [InlineData(@"1\,000", "1000")]
    [InlineData("58,500", "58500")]
    [InlineData("-1,500.5", "-1500.5")]
    // currency, percent, degrees
    [InlineData(@"\$18.90", "18.90")]
    [InlineData(@"\$32,\!348", "32348")]
    [InlineData("$36", "36")]
    [InlineData(@"\$ 1.06", "1.06")]
    [InlineData(@"50\%", "50")]
    [InlineData("50%", "50")]
    [InlineData("50 percent", @"50\%")]
    [InlineData(@"90^\circ", "90")]
    [InlineData(@"90^{\circ}", "90")]
    [InlineData("90°", "90")]
    [InlineData("90 degrees", @"90^\circ")]
    [InlineData(@"\frac{270}7\text{ degrees}", @"\frac{270}{7}")]
    // units
    [InlineData(@"864 \mbox{ inches}^2", "864")]
    [InlineData(@"15\mbox{ cm}^2", "15")]
    [InlineData(@"15\text{ cm}^{2}", "15 cm^2")]
    [InlineData(@"5.4 \text{ cents}", "5.4")]
    [InlineData(@"30\text{ m}", "30")]
    [InlineData("12 miles per hour", "12")]
    [InlineData("12 mph", "12")]
    [InlineData("6 square feet", "6")]
    [InlineData("3 hours", "3")]
    [InlineData(@"9\pi\text{ square units}", @"9\pi")]
    [InlineData(@"5\mathrm{~cm}", "5")]
    // words
    [InlineData(@"\text{Evelyn}", "Evelyn")]
    [InlineData(@"\text{even}", "Even")]
    [InlineData(@"\text{(C)}", "(C)")]
    [InlineData(@"\text{(C)}", "C")]
    [InlineData(@"\textbf{(B)}", @"\text{B}")]
    [InlineData(@"\mbox{east}", "east")]
    [InlineData(@"\mathrm{ellipse}", "ellipse")]
    // names of what is asked for
    [InlineData("x=5", "5")]
    [InlineData("x = 5", "5")]
    [InlineData(@"x \in [-2,7]", "[-2,7]")]
    [InlineData("y = 2x + 3", "2x+3")]
    [InlineData("a_1 = 7", "7")]
    [InlineData("f(x) = x^2", "x^2")]
    // spaces, sizes, formula marks
    [InlineData(@"\left( 3, \frac{\pi}{2} \right)", @"(3,\frac{\pi}{2})")]
    [InlineData(@"\left(\frac{3}{5},\frac{8}{3}\right]", @"(3/5, 8/3]")]
    [InlineData(@"\left.\frac{1}{2}\right|", @"\frac{1}{2}|")]
    [InlineData("$5$", "5")]
    [InlineData(@"$\frac{1}{2}$", "1/2")]
    [InlineData(@"\(7\)", "7")]
    [InlineData(@"\[7\]", "7")]
    [InlineData(@"\boxed{7}", "7")]
    [InlineData(@"$\boxed{\frac{1}{2}}$", "1/2")]
    [InlineData(@"p - q", "p-q")]
    [InlineData(@"x\;+\;1", "x+1")]
    [InlineData(@"x\ +\ 1", "x+1")]
    [InlineData(@"\displaystyle 5", "5")]
    [InlineData(@"3\quad", "3")]
    [InlineData(@"\cot  x", @"\cot x")]
    // powers and indices
    [InlineData("x^{2}", "x^2")]
    [InlineData("x²", "x^2")]
    [InlineData("4210_{5}", "4210_5")]
    [InlineData("2^{10}", "2^{ 10 }")]
    // tuples, intervals, sets, lists, matrices: element by element
    [InlineData("(2,4)", "(2, 4)")]
    [InlineData("(0.5, 2)", @"\left(\frac{1}{2}, 2\right)")]
    [InlineData(@"(-\infty, 0]", "(−∞,0]")]
    [InlineData(@"(2,\infty)", @"(2, +\infty)")]
    [InlineData(@"(0,9) \cup (9,36)", @"(0,9)\cup(9,36)")]
    [InlineData(@"\{1\pm\sqrt{5},-2\}", @"\left\{1 \pm \sqrt5, -2\right\}")]
    [InlineData("1,-2", "1, -2")]
    [InlineData("3, 5, 7", "3,5,7")]
    [InlineData(@"\begin{pmatrix} -1/3 \\ 2/3 \end{pmatrix}", @"\begin{pmatrix}-\frac{1}{3}\\\frac23\end{pmatrix}")]
    [InlineData(@"\begin{pmatrix} -1 & 0 \\ 0 & .5 \end{pmatrix}", @"\begin{bmatrix} -1 & 0 \\ 0 & \frac12 \end{bmatrix}")]
    [InlineData(@"\begin{pmatrix} -2 \\ -14 \\ -7 \end{pmatrix}", "\\begin{pmatrix}\n-2 \\\\\n-14 \\\\\n-7\n\\end{pmatrix}")]
    // signs of comparison
    [InlineData(@"x \leq 5", @"x \le 5")]
    [InlineData(@"x \geq 5", "x ≥ 5")]
    public void These_are_spellings_of_one_answer(string left, string right)
    {
        Assert.Equal(MathAnswer.Form(left), MathAnswer.Form(right));
        Assert.True(MathAnswer.AreEqual(right, left));
    }

    [Theory]
    [InlineData("5", "6")]
    [InlineData("5", "-5")]
    [InlineData("50\\%", "0.5")]
    [InlineData(@"\frac{1}{2}", @"\frac{2}{1}")]
    [InlineData(@"\frac{1}{3}", "0.33")]
    [InlineData("(1,2)", "(2,1)")]
    [InlineData("(1,2)", "[1,2]")]
    [InlineData("(1,000)", "1000")]
    [InlineData("1, 234", "1234")]
    [InlineData("1,2", "2,1")]
    [InlineData("x+1", "1+x")]
    [InlineData("x^2", "x2")]
    [InlineData("x^{10}", "x^10")]
    [InlineData("x", "X")]
    [InlineData("52_8", "52")]
    [InlineData(@"\sqrt{13}", "13")]
    [InlineData("√13", @"\sqrt{1}3")]
    [InlineData(@"3\sqrt{2}", @"2\sqrt{3}")]
    [InlineData(@"6:30\text{ AM}", @"6:30\text{ PM}")]
    [InlineData("(x+1)+5", "(x+1)5")]
    [InlineData(@"\mathbf{i}+2\mathbf{j}", @"\mathbf{i}+2")]
    [InlineData(@"10\text{ or }12", "10")]
    [InlineData("3x", "3")]
    [InlineData("3 x", "3")]
    [InlineData("x=5", "y+x=5")]
    [InlineData("x+y=5", "5")]
    [InlineData(@"\text{even}", @"\text{odd}")]
    [InlineData("(C)", "(D)")]
    [InlineData(@"\pi", "3.14")]
    [InlineData("1/0", "0")]
    [InlineData(@"\infty", @"-\infty")]
    [InlineData(@"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", @"\begin{pmatrix} 2 \\ 1 \end{pmatrix}")]
    public void These_are_not(string left, string right) => Assert.NotEqual(MathAnswer.Form(left), MathAnswer.Form(right));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData(@"\frac")]
    [InlineData(@"\frac{1}")]
    [InlineData(@"\sqrt")]
    [InlineData(@"\sqrt[3")]
    [InlineData(@"\text{")]
    [InlineData("}}}{{{")]
    [InlineData("x^")]
    [InlineData(@"\left")]
    [InlineData(@"\begin")]
    [InlineData(@"\")]
    [InlineData(@"\boxed")]
    [InlineData("$")]
    [InlineData("_")]
    [InlineData("-")]
    public void What_is_no_formula_equals_itself_and_does_no_harm(string text) => Assert.True(MathAnswer.AreEqual(text, text));

    [SharedFact("data/text/math")]
    public void Each_gold_answer_of_MATH_500_equals_itself_and_its_usual_rewritings()
    {
        var gold = ExampleReader.Read(Shared.Path("data/text/math/math500_test.jsonl"), new() { Prompt = "question", Response = "answer" })
            .Select(row => Boxed.Last(row.Response)!).ToArray();
        Assert.Equal(500, gold.Length);
        Assert.All(gold, answer => Assert.False(string.IsNullOrWhiteSpace(answer)));
        var rewritings = new Func<string, string>[]
        {
            answer => answer,
            answer => $"${answer}$",
            answer => $"$ {answer} $.",
            answer => $@"\boxed{{{answer}}}",
            answer => answer.Replace(@"\frac{", @"\dfrac{"),
            answer => answer.Replace(@"\left", "").Replace(@"\right", ""),
            answer => answer.Replace("(", @"\left(").Replace(")", @"\right)"),
            answer => answer.Replace("^\\circ", "^{\\circ}"),
            answer => answer.Replace(",", ", ").Replace(", \\!", ",\\!") is var spaced && answer.Any(char.IsLetter) ? spaced : answer,
            answer => MathAnswer.Form(answer),
        };
        foreach (var answer in gold)
        {
            foreach (var rewrite in rewritings)
                Assert.True(MathAnswer.AreEqual(answer, rewrite(answer)), $"{answer} ≠ {rewrite(answer)}: {MathAnswer.Form(answer)} ≠ {MathAnswer.Form(rewrite(answer))}");
        }
        // And no answer is taken for that of another problem unless it is the same number or formula.
        var apart = gold.Select(MathAnswer.Form).Distinct().Count();
        Assert.InRange(apart, 0.97 * gold.Distinct().Count() - 10, gold.Distinct().Count());
    }

    [SharedFact("data/text/math")]
    public void The_boxed_answer_is_the_published_one()
    {
        var solutions = ExampleReader.Read(Shared.Path("data/text/math/train_subset.jsonl"), new() { Prompt = "solution", Response = "answer" });
        Assert.Equal(1500, solutions.Count);
        Assert.All(solutions, row => Assert.Equal(MathAnswer.Form(row.Response), MathAnswer.Form(Boxed.Last(row.Prompt)!)));
    }
}
