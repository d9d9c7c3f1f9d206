using System.Text;
using NoraPipelines.Generator.Planning;
using NoraPipelines.Tests.Fuzzing;

namespace NoraPipelines.Generator.Tests;

/// <summary>Whatever is in a spec, the generator answers with a plan or with problems, never with a failure of its own.</summary>
public class FuzzTests
{
    private const string Sweep = """
        sweep:
          adapter.method: [nora, lora, dora, adalora]
          adapter.inner.rank: [8, 16]
          adapter.targets: [[q_proj, v_proj], all-linear]
          evaluation.0.limit: [4, null]
          matched_budget: true
          variants:
            - { name: one, adapter.inner.structure: adapter, adapter.inner.rank: null }
            - { name: two, training.learning_rate: 1e-3, adapter.method: vera }

        """;

    private static readonly string[] Pieces =
    [
        "[", "]", "{", "}", ":", ": ", "-", "- ", "\n", "\t", " ", "#", "&a", "*a", "!!str", "'", "\"", "|", ">", "?", "%", "@", "`", "~",
            "null", "true", "-1", "0",
        "1e999", "9223372036854775808", ".nan", "adapter", "rank", "---\n", "...", "\u0000", "\uFFFD", "\uD83D", "é", "all-linear",
            "last: 3", "[[[[", "{{{{", "<<", "config: config.json",
        "../../..", "4294967296",
    ];

    [Fact]
    public void Mutated_specs_never_make_the_generator_fail()
    {
        var random = new Random(20240607);
        for (var round = 0; round < 3000; round++)
        {
            var text = Specs.Valid;
            for (var edit = random.Next(1, 6); edit > 0; edit--) text = Mutated(text, random);
            AssertAnswered(text);
        }
    }

    [Fact]
    public void Damaged_specs_are_answered_within_a_limit_of_time() => Fuzz.Run(1500, [Encoding.UTF8.GetBytes(Specs.Valid), Encoding.UTF8.GetBytes(Specs.Valid + Sweep)], bytes =>
    {
        if (AssertAnswered(Encoding.UTF8.GetString(bytes)).Unit is null) throw new RefusedSpec();
    }, problem => problem is RefusedSpec);

    [Theory]
    [InlineData("- { name: one, ", ": 1 }")]
    [InlineData("- { name: two, training.", ": 1 }")]
    public void A_key_of_any_length_is_answered_at_once(string before, string after)
    {
        var text = Specs.Valid + "sweep:\n  variants:\n    " + before + new string('a', 70_000) + after + "\n    - { name: three, training.learning_rate: 1e-3 }\n";
        var allocated = GC.GetAllocatedBytesForCurrentThread();

        var planned = AssertAnswered(text);

        Assert.NotEmpty(planned.Problems);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 64 << 20); // a table of distances would take gigabytes
    }

    [Fact]
    public void Mutated_sweeps_never_make_the_generator_fail()
    {
        var random = new Random(20240608);
        for (var round = 0; round < 300; round++)
        {
            var sweep = Sweep;
            for (var edit = random.Next(1, 6); edit > 0; edit--) sweep = Mutated(sweep, random);
            AssertAnswered(Specs.Valid + sweep);
        }
    }

    [Fact]
    public void Every_beginning_of_a_spec_is_answered()
    {
        for (var length = 0; length < Specs.Valid.Length; length += 3) AssertAnswered(Specs.Valid[..length]);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void Nesting_without_end_is_refused(string piece) => AssertAnswered(string.Concat(Enumerable.Repeat(piece, 20_000)));

    private static string Mutated(string text, Random random)
    {
        if (text.Length == 0) return Pieces[random.Next(Pieces.Length)];
        var at = random.Next(text.Length);
        var length = Math.Min(random.Next(1, 12), text.Length - at);
        return random.Next(4) switch
        {
            0 => text.Remove(at, length),
            1 => text.Insert(at, Pieces[random.Next(Pieces.Length)]),
            2 => text.Remove(at, length).Insert(at, Pieces[random.Next(Pieces.Length)]),
            _ => text.Insert(random.Next(text.Length), text.Substring(at, length)),
        };
    }

    private static PlannedSpec AssertAnswered(string text)
    {
        var planned = Planner.Plan(new SpecFile("/project/sample.nora.yaml", text), new ProjectFacts("/project/", "Sample"), default);
        Assert.True(planned.Unit is not null || planned.Problems.Count > 0, text);
        var lines = text.Split('\n', '\r', '\u0085', '\u2028', '\u2029').Length; // YAML's line breaks
        foreach (var problem in planned.Problems)
        {
            Assert.True(problem.Id != "NORA010", $"{problem.Message}\n{text}");
            Assert.True(problem.Place.Line >= 1 && problem.Place.Line <= lines + 1 && problem.Place.Offset
                + problem.Place.Length <= text.Length + 1, $"{problem}\n{text}");
        }
        return planned;
    }

    private sealed class RefusedSpec() : Exception("The spec has problems.");
}
