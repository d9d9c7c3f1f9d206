using System.CommandLine;
using System.Diagnostics;
using NoraPipelines.Benchmarks.Measuring;
using NoraPipelines.Benchmarks.Steps;
using NoraPipelines.Data;
using NoraPipelines.Initialization;
using NoraPipelines.Models.Llama;
using TorchSharp;

namespace NoraPipelines.Benchmarks.Factoring;

/// <summary>`calibrate`: the pass of random texts that AwSVD's statistics are made of, over every projection of a model of random weights.</summary>
internal static class CalibrateCommand
{
    private const int HeldOut = 1024; // as a run

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var preset = new Option<string>("--preset") { Description = "small, large, or a decoder of the catalogue", DefaultValueFactory = _ => "small" };
        var rows = new Option<int>("--rows") { Description = "Texts", DefaultValueFactory = _ => 128 };
        var tokens = new Option<int>("--tokens") { Description = "Tokens of a text", DefaultValueFactory = _ => 512 };
        var batch = new Option<int>("--batch") { Description = "Texts at once", DefaultValueFactory = _ => 4 };
        var device = new Option<string>("--device") { DefaultValueFactory = _ => "cpu" };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        var command = new Command("calibrate", "Calibration for AwSVD: seconds of the whole pass") { json, preset, rows, tokens, batch, device };
        command.SetAction(parsed =>
        {
            var shape = StepShape.Named(parsed.GetRequiredValue(preset));
            using var model = LlamaModel.Random(shape.Model, seed: 1, torch.ScalarType.BFloat16, torch.device(parsed.GetRequiredValue(device)), drawThere: true);
            var table = new ResultTable<CalibrationRow>(parsed.GetValue(json));
            table.Add([Measure(shape.Name, model, parsed.GetValue(rows), parsed.GetValue(tokens), parsed.GetValue(batch))]);
            table.End();
            return 0;
        });
        return command;
    }

    private static CalibrationRow Measure(string shape, LlamaModel model, int rows, int tokens, int batch)
    {
        TokenizedExample[] texts = [.. Enumerable.Range(0, rows).Select(row => new TokenizedExample([.. Enumerable.Range(0, tokens).Select(i => (7 * i + row) % 500)], 0))];
        var passes = new TextCalibration(model, texts, padId: 0).Passes(rows, batch, HeldOut, seed: 0);
        var card = FollowedCard.Begin(model.Device);
        DeviceClock.Wait(model.Device);
        var watch = Stopwatch.StartNew();
        using var statistics = ActivationStatistics.Collect(model, model.Projections, passes, covariance: false);
        DeviceClock.Wait(model.Device);
        var seconds = watch.Elapsed.TotalSeconds;
        return new CalibrationRow(shape, model.Projections.Count(), rows, tokens, seconds, (double)rows * tokens / seconds, card?.Peak()?.Bytes);
    }
}

/// <param name="PeakMemory">Bytes taken of the card at the most, the model's included; null on a CPU.</param>
internal sealed record CalibrationRow(string Shape, int Projections, int Rows, int Tokens, double Seconds, double TokensPerSecond, long? PeakMemory);
