using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using NoraPipelines.Checkpoints;
using NoraPipelines.Interop;
using NoraPipelines.Models.Llama;
using NoraPipelines.Tests.Build;
using NoraPipelines.Tests.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Llama;

/// <summary>Alone, because the memory of a process is that of all of its tests.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeMemory
{
    public const string Name = nameof(WholeMemory);
}

[Collection(WholeMemory.Name)]
public sealed class LoadingMemoryTests
{
    [LinuxFact]
    public void A_checkpoint_loads_with_a_peak_below_1_2_times_its_size()
    {
        if (!CanReset()) return; // some containers forbid a process to start its own peak anew
        using var folder = new TemporaryFolder();
        Write(folder);
        var size = new FileInfo(folder["model.safetensors"]).Length;
        using var checkpoint = HuggingFaceCheckpoint.Open(folder.Path);

        // What earlier tests freed goes back to the system: reused, it would hide what this one takes.
        GC.Collect();
        TensorMemory.Installed?.Begin();
        Trim(0);
        var before = Status("VmRSS");
        Assert.True(CanReset());
        using var model = LlamaModel.Load(checkpoint, checkpoint.ReadDecoderShape(), ScalarType.BFloat16, CPU);
        var peak = Status("VmHWM") - before;
        Assert.InRange(peak, (long)(0.5 * size), (long)(1.2 * size));
    }

    /// <summary>About 200 MB in bfloat16; the largest tensor is an eighth of it.</summary>
    private static void Write(TemporaryFolder folder)
    {
        File.WriteAllText(folder["config.json"], """
            {"model_type":"llama","vocab_size":8000,"hidden_size":1024,"intermediate_size":4096,"num_hidden_layers":5,
             "num_attention_heads":8,"num_key_value_heads":8,"tie_word_embeddings":false}
            """);
        using var drawn = LlamaModel.Random(
            HuggingFaceCheckpoint.ReadDecoderShape(folder.Path), seed: 1, ScalarType.BFloat16, CPU);
        SafetensorsWriter.Write(folder["model.safetensors"], drawn.Parameters.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value)));
    }

    [DllImport("libc", EntryPoint = "malloc_trim")]
    private static extern int Trim(nint keep);

    private static bool CanReset()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long Status(string name) => 1024 * long.Parse(
        Regex.Match(File.ReadAllText("/proc/self/status"), $@"{name}:\s+(\d+) kB").Groups[1].Value, CultureInfo.InvariantCulture);
}
