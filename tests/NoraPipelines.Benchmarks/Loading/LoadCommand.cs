using System.CommandLine;
using System.Diagnostics;
using NoraPipelines.Benchmarks.Measuring;
using NoraPipelines.Checkpoints;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Benchmarks.Loading;

/// <summary>`load`: a checkpoint of random weights is written, read as a run reads it, and copied as files are.</summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var size = new Option<double>("--gigabytes") { Description = "Size of the checkpoint", DefaultValueFactory = _ => 2 };
        var folder = new Option<string?>("--folder") { Description = "Where it is written; default: the temporary folder" };
        var rounds = new Option<int>("--rounds") { Description = "Timed readings", DefaultValueFactory = _ => 5 };
        var device = new Option<string>("--device") { DefaultValueFactory = _ => "cpu" };
        device.AcceptOnlyFromAmong("cpu", "cuda");
        var command = new Command("load", "Reading a checkpoint beside a plain copy of its file") { json, size, folder, rounds, device };
        command.SetAction(parsed =>
        {
            var place = Directory.CreateTempSubdirectory("nora-load-").FullName;
            if (parsed.GetValue(folder) is { } given) Directory.Delete(place);
            place = parsed.GetValue(folder) is { } chosen ? Directory.CreateDirectory(Path.Combine(chosen, "nora-load")).FullName : place;
            try
            {
                var table = new ResultTable<LoadRow>(parsed.GetValue(json));
                table.Add([Measure(place, Shape(parsed.GetValue(size)), torch.device(parsed.GetRequiredValue(device)), parsed.GetValue(rounds))]);
                table.End();
            }
            finally
            {
                Directory.Delete(place, recursive: true);
            }
            return 0;
        });
        return command;
    }

    private static LoadRow Measure(string folder, DecoderShape shape, Device device, int rounds)
    {
        using var following = ProcessMemory.FollowTensors();
        var file = Path.Combine(folder, "model.safetensors");
        Write(folder, file, shape);
        var bytes = new FileInfo(file).Length;
        var copied = Path.Combine(folder, "copy");
        var (copies, loads, peaks) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            Copy(file, copied);
            copies.Add(watch.Elapsed.TotalSeconds);
            File.Delete(copied);

            ProcessMemory.Settle();
            var before = ProcessMemory.Resident;
            watch.Restart();
            using (var checkpoint = HuggingFaceCheckpoint.Open(folder))
            using (LlamaModel.Load(checkpoint, shape, ScalarType.BFloat16, device))
            {
                DeviceClock.Wait(device);
                loads.Add(watch.Elapsed.TotalSeconds);
            }
            peaks.Add(ProcessMemory.Peak - before);
        }
        var (load, copy) = (bytes / Median.Of(loads), bytes / Median.Of(copies));
        return new LoadRow(bytes, Median.Of(loads), load, copy, load / copy, Median.Of(peaks) / bytes);
    }

    /// <summary>Through memory, as a reader must: a file system that shares blocks would copy nothing.</summary>
    private static void Copy(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using var target = new FileStream(to, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        source.CopyTo(target, 1 << 20);
    }

    private static void Write(string folder, string file, DecoderShape shape)
    {
        var tensors = LlamaWeights.Expected(shape).Select(entry => new DeferredTensor(
            entry.Key, ScalarType.BFloat16, entry.Value.ToEquatableArray(), () => randn(entry.Value).mul_(0.02).to(ScalarType.BFloat16)));
        SafetensorsWriter.WriteEach(file, tensors, new Dictionary<string, string> { ["format"] = "pt" });
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""
            {"model_type": "llama", "vocab_size": {{shape.VocabularySize}}, "hidden_size": {{shape.HiddenSize}},
             "intermediate_size": {{shape.FeedForwardSize}}, "num_hidden_layers": {{shape.LayerCount}},
             "num_attention_heads": {{shape.HeadCount}}, "num_key_value_heads": {{shape.KeyValueHeadCount}},
             "max_position_embeddings": {{shape.MaxPositions}}, "rms_norm_eps": 1e-5, "tie_word_embeddings": false}
            """);
    }

    private static DecoderShape Shape(double gigabytes)
    {
        var one = Steps.StepShape.Large.Model with { LayerCount = 1 };
        var head = 2.0 * one.VocabularySize * one.HiddenSize;
        var layer = one.TotalParameters - head;
        return one with { LayerCount = Math.Max(1, (int)((gigabytes * 1e9 / 2 - head) / layer)) };
    }
}

/// <param name="Share">The load's rate over that of a plain copy of the file, which is in the page cache for both.</param>
/// <param name="PeakOverSize">Memory at the peak of loading, over the file's size.</param>
internal sealed record LoadRow(long Bytes, double Seconds, double BytesPerSecond, double CopyBytesPerSecond, double Share, double PeakOverSize);
