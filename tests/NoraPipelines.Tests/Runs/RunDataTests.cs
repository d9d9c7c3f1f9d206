using System.Text.Json;
using NoraPipelines.Data;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Data;

namespace NoraPipelines.Tests.Runs;

/// <summary>What became of the rows of a data set, where a user sees it.</summary>
public sealed class RunDataTests
{
    private static readonly EncodedRows Rows = new ExampleEncoder(TinyTokenizer.Instance, Template.Plain, maxTokens: 4, LossOn.Response)
        .EncodeAll([new("a", "b"), new("abcd", "e"), new("a", "bcdefgh")]).Report;

    [Fact]
    public void Rows_are_told_once_and_stand_in_the_result_and_the_report()
    {
        using var command = new CommandRun(new FakePipeline { Rows = Rows });

        Assert.Equal(0, command.Run("run", "tiny", "--json", "--output", "out"));

        Assert.Single(command.Error.Split('\n'), line => line.Contains("train: 3 rows: 1 left out (longer than max_tokens 4", StringComparison.Ordinal));
        Assert.Single(command.Error.Split('\n'), line => line.Contains("! train: 2 of 3 rows are longer", StringComparison.Ordinal));
        var told = command.Json.GetProperty("data").GetProperty("train");
        Assert.Equal((3, 1, 1, 10), (Number("rows"), Number("left_out"), Number("cut"), Number("max_tokens_for_most")));
        Assert.Equal(2, Assert.Single(told.GetProperty("first_left_out").EnumerateArray()).GetInt32());
        var steps = File.ReadLines(command["out", "metrics.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(1, steps[0].GetProperty("data").GetProperty("train").GetProperty("left_out").GetInt32());
        Assert.DoesNotContain(steps.Skip(1), step => step.TryGetProperty("data", out _));
        Assert.Contains("max_tokens 10 holds 99 % of them", File.ReadAllText(command["out", "report.html"]), StringComparison.Ordinal);

        int Number(string name) => told.GetProperty(name).GetInt32();
    }

    [Fact]
    public void What_a_row_holds_and_nothing_reads_is_told_with_the_number_of_rows()
    {
        using var files = new WrittenFiles();
        var file = files.Write("rows.jsonl", """
            {"prompt":"a","response":"b","system":"s","id":1}
            {"prompt":"a","response":"b","system":"","id":null}
            {"prompt":"a","response":"b","id":2}
            """);
        var rows = ExampleReader.Read(file, new ColumnMap());
        var report = new ExampleEncoder(TinyTokenizer.Instance, Template.Plain, maxTokens: 4, LossOn.Response).EncodeAll(rows).Report;
        using var command = new CommandRun(new FakePipeline { Rows = report, Items = rows });

        Assert.True(command.Run("run", "tiny", "--json", "--output", "out") == 0, command.Error);

        Assert.Single(command.Error.Split('\n'), line => line.Contains("! train: Not read: the column `id` (2 of 3 rows), the column `system` (1 of 3 rows).", StringComparison.Ordinal));
        Assert.Single(command.Error.Split('\n'), line => line.Contains("! gsm8k: Not read: the column `id` (2 of 3 rows), the column `system` (1 of 3 rows).", StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_that_are_cut_have_their_numbers_in_the_whole_file_where_a_split_takes_a_part()
    {
        using var files = new WrittenFiles();
        var file = files.Write("rows.jsonl", string.Concat(Enumerable.Range(0, 40).Select(row => $"{{\"prompt\":\"a\",\"response\":\"{(row % 10 == 9 ? "bcdefgh" : "b")}\"}}\n")));
        var split = new SplitPlan(0.5, Seed: 1, SplitPart.HeldOut);
        int[] expected = [.. ((int[])[10, 20, 30, 40]).Where(number => RowSplit.Takes(split, number - 1))];

        var rows = ExampleReader.Stream(file, new ColumnMap(), split: split);
        var report = new ExampleEncoder(TinyTokenizer.Instance, Template.Plain, maxTokens: 4, LossOn.Response).EncodeAll(rows).Report;

        Assert.NotEmpty(expected);
        Assert.Equal(expected, report.FirstCut);
    }

    [Fact]
    public void What_a_template_of_one_s_own_does_not_write_is_told()
    {
        using var files = new WrittenFiles();
        var file = files.Write("rows.jsonl", """{"q":"a","a":"b","answer":"c","hint":"d"}""");
        var template = new CustomTemplate("{q}", "{a}");

        Assert.Equal(["the column `answer`", "the column `hint`"], ExampleReader.ReadWith(file, template)[0].Unread);
        Assert.Equal(["the column `hint`"], ExampleReader.ReadItems(file, template, new ColumnMap { Response = "answer" })[0].Unread);
    }

    [Fact]
    public void What_an_earlier_process_of_the_run_told_stands_in_the_result_too()
    {
        var pipeline = new FakePipeline { Rows = Rows };
        using var command = new CommandRun(pipeline);
        pipeline.OnStep = step =>
        {
            if (step.Step == 5) command.Stop!.Request();
        };
        Assert.Equal(130, command.Run("run", "tiny", "--output", "out"));
        (pipeline.OnStep, pipeline.Rows) = (static _ => { }, null);

        Assert.True(command.Run("run", "tiny", "--json", "--output", "out", "--resume") == 0, command.Error);

        Assert.Equal(3, command.Json.GetProperty("data").GetProperty("train").GetProperty("rows").GetInt32());
    }
}
