using NoraPipelines.Tests.Build;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>A run whose examples share rows, as a process.</summary>
public sealed class PackedRunTests : IDisposable
{
    private const string Spec = """
        adapter: { method: nora, targets: [q_proj, v_proj, down_proj], outer: { rank: 16 }, inner: { rank: 8 } }
        calibration: { samples: 8 }
        dataset: { train: { path: train.jsonl, limit: 96 }, template: plain, max_tokens: 160, packing: true }
        training: { steps: 10, batch: 12, micro_batch: 2, learning_rate: 1e-2, checkpoint: { every_steps: 2 } }
        """;

    private readonly TrialProgram _program = TrialProgram.OnShippedModel(Spec);

    public void Dispose() => _program.Dispose();

    [LinuxFact]
    public void A_packed_run_killed_and_resumed_ends_with_the_same_bytes()
    {
        _program.Json("run", "sample", "--output", _program.In("whole"));
        Assert.True(_program.RunUntil(() => Directory.Exists(_program.In("cut/checkpoints/step-000002")), "run", "sample", "--output", _program.In("cut")));
        Assert.True(_program.RunUntil(() => Directory.Exists(_program.In("cut/checkpoints/step-000006")), "run", "sample", "--output", _program.In("cut"), "--resume"));
        _program.Json("run", "sample", "--output", _program.In("cut"), "--resume");

        string[] weights = [.. Directory.GetFiles(_program.In("whole"), "*.safetensors", SearchOption.AllDirectories).Where(file => !file.Contains("checkpoints"))];
        Assert.Equal(3, weights.Length); // in PEFT's form, nested, and the start
        foreach (var file in weights) Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(file.Replace(_program.In("whole"), _program.In("cut"))));
        Assert.Equal(Losses("whole"), Losses("cut"));
    }

    [LinuxFact]
    public void A_batch_of_one_runs_and_says_that_nothing_is_packed_and_one_that_does_not_divide_is_refused()
    {
        var alone = _program.Run("run", "sample", "--json", "--output", _program.In("alone"), "--set", "training.batch=1", "--set", "training.micro_batch=1", "--set", "training.steps=2");
        Assert.True(alone.ExitCode == 0, alone.Error);
        Assert.Contains("dataset.packing has nothing to pack: training.batch is 1", alone.Error);
        var refused = _program.Refusal("run", "sample", "--output", _program.In("refused"), "--set", "training.batch=1");
        Assert.Contains("batch 1 is not a multiple of micro_batch 2", refused);
    }

    private string[] Losses(string run) =>
        [.. File.ReadLines(_program.In(run + "/metrics.jsonl")).Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("loss").GetRawText())];
}
