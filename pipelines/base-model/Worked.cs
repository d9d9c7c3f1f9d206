using NoraPipelines.Data;

namespace NoraPipelines.Shipped.Problems;

/// <summary>A worked problem as text: the question, each step of the reason, and the answer in the form that evaluation reads.</summary>
internal static class Worked
{
    /// <summary>The prompt ends with "Answer:" and the response starts with a space, so the template `plain` joins them.</summary>
    public static Example Problem(string question, int answer, params string[] steps) =>
        new($"Question: {question}\nAnswer:", $" {string.Join(' ', steps)} The answer is: {answer}");

    public static string Sum(int a, int b) => $"{a} + {b} = {a + b}.";

    public static string Difference(int a, int b) => $"{a} - {b} = {a - b}.";

    public static string Product(int a, int b) => $"{a} x {b} = {a * b}.";

    public static string Quotient(int a, int b) => $"{a} / {b} = {a / b}.";
}
