using System.CommandLine;
using NoraPipelines.Benchmarks.Measuring;
using NoraPipelines.Interop;
using TorchSharp;

namespace NoraPipelines.Benchmarks.Steps;

/// <summary>`step`: a training step of each method beside the frozen model's.</summary>
internal static class StepCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var presets = new Option<string[]>("--preset")
        {
            Description = "small, large, or a decoder of the catalogue",
            DefaultValueFactory = _ => ["small", "large"],
            AllowMultipleArgumentsPerToken = true,
        };
        var dtypes = new Option<string[]>("--dtype") { DefaultValueFactory = _ => ["float32", "bfloat16"], AllowMultipleArgumentsPerToken = true };
        dtypes.AcceptOnlyFromAmong("float32", "bfloat16");
        var methods = new Option<string[]>("--method")
        {
            Description = "Which methods beside the frozen model",
            DefaultValueFactory = _ => [.. StepMethod.All.Select(method => method.Name)],
            AllowMultipleArgumentsPerToken = true,
        };
        methods.AcceptOnlyFromAmong([.. StepMethod.All.Select(method => method.Name)]);
        var rows = new Option<int?>("--rows") { Description = "Texts of a step" };
        var tokens = new Option<int?>("--tokens") { Description = "Tokens of a text" };
        var rounds = new Option<int>("--rounds") { Description = "Timed steps of each method", DefaultValueFactory = _ => 9 };
        var recompute = new Option<bool>("--gradient-checkpointing") { Description = "Compute each layer again in the backward pass" };
        var deviceName = new Option<string>("--device") { DefaultValueFactory = _ => "cpu" };
        deviceName.AcceptOnlyFromAmong("cpu", "cuda");
        var count = new Option<bool>("--count") { Description = "Count each step's operations, and time nothing" };
        var command = new Command("step", "A training step of each method beside the frozen model's")
        {
            json, presets, dtypes, methods, rows, tokens, rounds, recompute, deviceName, count,
        };
        command.SetAction(parsed =>
        {
            var chosen = parsed.GetRequiredValue(methods);
            // A frozen model has no layer to compute again: nothing in it trains.
            var all = StepMethod.All.Where(method => method == StepMethod.Frozen ? !parsed.GetValue(recompute) : chosen.Contains(method.Name)).ToArray();
            var device = torch.device(parsed.GetRequiredValue(deviceName));
            var shapes = parsed.GetRequiredValue(presets).Select(StepShape.Named).Select(named =>
                named with { Rows = parsed.GetValue(rows) ?? named.Rows, Tokens = parsed.GetValue(tokens) ?? named.Tokens });
            if (parsed.GetValue(count))
            {
                var counts = new ResultTable<CountRow>(parsed.GetValue(json));
                foreach (var shape in shapes) counts.Add(all.Select(method => new CountRow(shape.Name, method.Name, StepFlops.Of(shape, method))));
                counts.End();
                return 0;
            }
            var types = parsed.GetRequiredValue(dtypes).Select(StepBenchmark.Type);
            var parts = shapes.SelectMany(shape => types, (shape, type) => (Shape: shape, Type: type)).ToArray();

            var table = new ResultTable<StepRow>(parsed.GetValue(json));
            var memories = new IReadOnlyList<StepMemory>?[parts.Length];
            if (device.type == TorchSharp.DeviceType.CPU && ProcessMemory.Supported)
            {
                // Before all timings: it needs an allocator that is slower, and a heap that nothing has grown.
                using var following = ProcessMemory.FollowTensors();
                memories = [.. parts.Select(part => StepBenchmark.Measure(part.Shape, part.Type, all, parsed.GetValue(recompute)))];
            }
            TensorMemory.Install(); // as programs do; not before, since memory was measured by what is resident
            foreach (var (part, memory) in parts.Zip(memories))
                table.Add(StepBenchmark.Time(part.Shape, part.Type, device, all, parsed.GetValue(rounds), parsed.GetValue(recompute), memory));
            table.End();
            return 0;
        });
        return command;
    }
}

/// <param name="Flops">Of one step's products.</param>
internal sealed record CountRow(string Shape, string Method, double Flops);
