using System.CommandLine;
using System.Diagnostics;
using NoraPipelines.Benchmarks.Measuring;
using NoraPipelines.Data;
using NoraPipelines.Plans;
using NoraPipelines.Tokenization;
using static TorchSharp.torch;

namespace NoraPipelines.Benchmarks.Reading;

/// <summary>`data`: tokens a second of each part of the input pipeline.</summary>
internal static class DataCommand
{
    private const int Rounds = 5;
    private const int Steps = 200;

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var data = new Option<string?>("--data") { Description = "JSON lines; default: the quickstart's" };
        var tokenizer = new Option<string?>("--tokenizer") { Description = "File or folder; default: the base model's" };
        var command = new Command("data", "Reading, encoding and batching, in tokens a second") { json, data, tokenizer };
        command.SetAction(parsed =>
        {
            var pipelines = Path.Combine(Root(), "pipelines");
            var rows = Measure(
                parsed.GetValue(data) ?? Path.Combine(pipelines, "quickstart", "data", "train.jsonl"),
                parsed.GetValue(tokenizer) ?? Path.Combine(pipelines, "base-model", "weights"));
            var table = new ResultTable<DataRow>(parsed.GetValue(json));
            table.Add(rows);
            table.End();
            return 0;
        });
        return command;
    }

    private static IEnumerable<DataRow> Measure(string file, string tokenizerPath)
    {
        var tokenizer = TextTokenizer.Load(tokenizerPath);
        var encoder = new ExampleEncoder(tokenizer, Template.Plain, maxTokens: 512, LossOn.Response);
        var rows = ExampleReader.Read(file, new ColumnMap());
        var examples = encoder.EncodeAll(rows);

        var read = Typical(() => ExampleReader.Read(file, new ColumnMap()));
        var encode = Typical(() => encoder.EncodeAll(rows));
        long batched = 0;
        var batch = Typical(() => batched = Batches(examples));
        yield return new DataRow("read", examples.Tokens / read);
        yield return new DataRow("encode", examples.Tokens / encode);
        yield return new DataRow("batch", batched / batch);
    }

    private static long Batches(EncodedExamples examples)
    {
        long tokens = 0;
        using var stream = new BatchStream<TokenizedExample, TextBatch>(
            examples, new TextCollator(padId: 0), batch: 32, microBatch: 32, seed: 1, totalExamples: null, firstStep: 0, CPU);
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            using var next = stream.Next();
            tokens += next.MicroBatches.Sum(micro => micro.InputIds.numel());
        }
        return tokens;
    }

    private static double Typical(Action action)
    {
        action();
        return Median.Of(Enumerable.Range(0, Rounds).Select(_ =>
        {
            var watch = Stopwatch.StartNew();
            action();
            return watch.Elapsed.TotalSeconds;
        }).ToArray());
    }

    internal static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "NoraPipelines.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new FileNotFoundException("Not run from the repository: give --data and --tokenizer.");
        return folder;
    }
}

internal sealed record DataRow(string Stage, double TokensPerSecond);
