using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using NoraPipelines.Data;
using NoraPipelines.Shipped.Problems;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Shipped;

public class QuickstartDataTests
{
    private const int TrainingRows = 2400;
    private const int HeldOutRows = 200;

    private static readonly JsonSerializerOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void The_training_file_is_what_the_generator_makes() =>
        ShippedFile.AssertIs("quickstart/data/train.jsonl", Lines(new ShoppingProblems().Examples(1).Take(TrainingRows)));

    [Fact]
    public void The_held_out_file_is_what_the_generator_makes() =>
        ShippedFile.AssertIs("quickstart/data/held-out.jsonl", Lines(new HeldOutShoppingProblems().Examples(3).Take(HeldOutRows)));

    [Fact]
    public void No_held_out_question_and_no_held_out_combination_of_numbers_is_trained_on()
    {
        var train = Read("train.jsonl");
        var heldOut = Read("held-out.jsonl");
        Assert.Equal(HeldOutRows, heldOut.Count);
        Assert.Empty(heldOut.Select(Numbers).Intersect(train.Select(Numbers)));
        Assert.Empty(heldOut.Select(example => example.Prompt).Intersect(train.Select(example => example.Prompt)));
    }

    [Fact]
    public void The_data_is_small_and_every_row_fits_into_the_spec()
    {
        var tokenizer = TextTokenizer.Load(ShippedFile.Path("base-model/weights"));
        var rows = Read("train.jsonl").Concat(Read("held-out.jsonl")).ToArray();
        Assert.InRange(rows.Max(row => tokenizer.Encode(row.Prompt + row.Response).Length + 1), 1, 128);
        Assert.InRange(new FileInfo(ShippedFile.Path("quickstart/data/train.jsonl")).Length, 1, 500_000);
    }

    private static IReadOnlyList<Example> Read(string file) =>
        ExampleReader.Read(ShippedFile.Path($"quickstart/data/{file}"), new Plans.ColumnMap { Prompt = "prompt", Response = "response" });

    /// <summary>The numbers of a question in their order of size: the same however the question is worded.</summary>
    private static string Numbers(Example example) =>
        string.Join(' ', Regex.Matches(example.Prompt, "[0-9]+").Select(match => int.Parse(match.Value)).Order());

    private static string Lines(IEnumerable<Example> examples) =>
        examples.Aggregate(new StringBuilder(), (text, example) =>
            text.Append(JsonSerializer.Serialize(new { prompt = example.Prompt, response = example.Response }, Format)).Append('\n')).ToString();
}
