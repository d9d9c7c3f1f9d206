using System.CommandLine;
using NoraPipelines.Benchmarks.Measuring;
using NoraPipelines.Plans;

namespace NoraPipelines.Benchmarks.Factoring;

/// <summary>`awsvd`: the randomized method beside the exact one, or all projections of a model.</summary>
internal static class AwSvdCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var shapes = new Option<string[]>("--shape")
        {
            Description = "OUTxINxRANK",
            DefaultValueFactory = _ => ["1024x1024x64", "1024x4096x64", "2048x2048x128", "4096x4096x64"],
            AllowMultipleArgumentsPerToken = true,
        };
        var model = new Option<string?>("--model") { Description = "Factor every projection of a decoder of the catalogue instead, randomized" };
        var rank = new Option<int>("--rank") { Description = "With --model", DefaultValueFactory = _ => 64 };
        var device = new Option<string>("--device") { DefaultValueFactory = _ => "cpu" };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        var command = new Command("awsvd", "AwSVD: randomized beside exact, in time and in output error") { json, shapes, model, rank, device };
        command.SetAction(parsed =>
        {
            var where = TorchSharp.torch.device(parsed.GetRequiredValue(device));
            if (parsed.GetValue(model) is { } name)
            {
                var decoder = ModelCatalog.Find(name) as DecoderShape
                    ?? throw new ArgumentException($"'{name}' is no decoder of the catalogue: {string.Join(", ", ModelCatalog.Names)}.");
                var table = new ResultTable<ModelRow>(parsed.GetValue(json));
                table.Add([AwSvdBenchmark.Model(name, decoder, parsed.GetValue(rank), where)]);
                table.End();
                return 0;
            }
            var rows = new ResultTable<AwSvdRow>(parsed.GetValue(json));
            foreach (var shape in parsed.GetRequiredValue(shapes))
            {
                int[] numbers = [.. shape.Split('x').Select(int.Parse)];
                rows.Add([AwSvdBenchmark.Compare(numbers[0], numbers[1], numbers[2], where)]);
            }
            rows.End();
            return 0;
        });
        return command;
    }
}

/// <param name="Speedup">exact_seconds / randomized_seconds.</param>
/// <param name="ErrorRatio">‖(W − B·A)·X‖ of the randomized factors over that of the exact ones, on inputs of the same activity.</param>
internal sealed record AwSvdRow(int Out, int In, int Rank, double ExactSeconds, double RandomizedSeconds, double Speedup, double ErrorRatio);

/// <param name="Seconds">In AwSVD alone; making the random weights is not counted.</param>
internal sealed record ModelRow(string Model, int Rank, int Projections, double Seconds, double TotalSeconds);
