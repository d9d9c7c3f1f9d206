using System.Security.Cryptography;
using NoraPipelines.Tests.Build;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>Real runs of the shipped program, killed and gone on with.</summary>
public sealed class KillAndResumeTests
{
    [LinuxFact]
    public void A_run_killed_at_any_stage_and_resumed_ends_with_the_same_bytes()
    {
        using var program = new NoraProgram();
        var whole = program.Run(program.Quickstart("whole"));
        Assert.True(whole.ExitCode == 0, whole.Error);
        var expected = Hash(program.In("whole/adapter/adapter_model.safetensors"));

        // Before anything is stored, after the start is, and in the middle of training; each kill hits the resumed run of the one before.
        Func<bool>[] moments =
        [
            () => File.Exists(program.In("cut/plan.json")),
            () => File.Exists(program.In("cut/stages/initialise.json")),
            () => Directory.Exists(program.In("cut/checkpoints/step-000003")),
            () => Directory.Exists(program.In("cut/checkpoints/step-000009")),
        ];
        var kills = 0;
        foreach (var moment in moments)
        {
            if (program.RunUntil(moment, program.Quickstart("cut", kills == 0 ? [] : ["--resume"]))) kills++;
        }
        Assert.Equal(moments.Length, kills);

        var resumed = program.Run(program.Quickstart("cut", "--resume"));
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.Equal(expected, Hash(program.In("cut/adapter/adapter_model.safetensors")));
        Assert.Equal(12, File.ReadLines(program.In("cut/metrics.jsonl")).Count());
    }

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
}
