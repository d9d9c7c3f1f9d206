using System.Diagnostics;
using System.Text.Json;
using NoraPipelines.Tests.Checkpoints;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>tests/gpu/visit.sh on a pack whose programs fail in the ways that they may on a GPU machine.</summary>
public sealed class GpuVisitTests : IDisposable
{
    private const string Works = "echo '[]'", RunsOutOfMemory = "echo '[{}'; echo 'Memory ran out: a \"tensor\" of 2 GB was asked for.' >&2; exit 1", Hangs = "sleep 600";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_part_that_hangs_ends_at_its_limit_and_the_next_one_runs()
    {
        Pack(doctor: Hangs, benchmark: Works, symbols: "");

        Assert.Equal(1, Visit("--only", "0", "--limit", "1"));

        Assert.Equal("over", Part("0-doctor").GetProperty("state").GetString());
        Assert.Equal(["0-versions", "0-doctor", "0-symbols", "0-small-step"], Parts().Select(part => part.GetProperty("part").GetString()));
        Assert.EndsWith("Next: --only \"0 1 2 3 4 5 6\" (failed, over the time, or not run)", Summary().TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_fails_says_why_in_its_line_and_the_visit_goes_on()
    {
        Pack(doctor: Works, benchmark: RunsOutOfMemory, symbols: "undefined symbol: _ZN5torch4nameEv\t(libLibTorchSharp.so)");

        Assert.Equal(1, Visit("--only", "0 5"));

        Assert.Equal(("failed", "1 symbols or libraries are missing"), Said("0-symbols"));
        Assert.Equal(("failed", "Memory ran out: a \"tensor\" of 2 GB was asked for."), Said("0-small-step"));
        Assert.Equal("ok", Part("0-doctor").GetProperty("state").GetString());
        Assert.Equal(3, Parts().Count(part => part.GetProperty("stage").GetInt32() == 5));
        Assert.Contains("Memory ran out", Summary(), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder.Path, "out", "results.tar.gz")));
    }

    [Fact]
    public void A_visit_whose_parts_all_work_says_what_to_run_next()
    {
        Pack(doctor: Works, benchmark: Works, symbols: "");

        Assert.Equal(0, Visit("--only", "5 8"));

        Assert.Contains("stage 8 is not here", Summary(), StringComparison.Ordinal);
        Assert.EndsWith("Next: --only \"0 1 2 3 4 6\" (failed, over the time, or not run)", Summary().TrimEnd(), StringComparison.Ordinal);
    }

    /// <summary>A pack whose run.sh does what it is told instead of unpacking programs.</summary>
    private void Pack(string doctor, string benchmark, string symbols)
    {
        var pack = Directory.CreateDirectory(Path.Combine(_folder.Path, "pack")).FullName;
        var run = Path.Combine(pack, "run.sh");
        File.WriteAllText(run, $$"""
            #!/usr/bin/env bash
            case $1 in
              --where) mkdir -p "$NORA_UNPACKED/$2"; touch "$NORA_UNPACKED/$2/libLibTorchSharp.so"; echo "$NORA_UNPACKED/$2" ;;
              --env) echo '{{symbols}}' ;;
              pipelines) {{doctor}} ;;
              *) {{benchmark}} ;;
            esac

            """);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(run, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private int Visit(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Repository.Path("tests/gpu/visit.sh"), Path.Combine(_folder.Path, "pack"), Path.Combine(_folder.Path, "out"), "--device", "cpu", .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment["NORA_UNPACKED"] = Path.Combine(_folder.Path, "unpacked");
        using var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    private (string?, string?) Said(string name) => (Part(name).GetProperty("state").GetString(), Part(name).GetProperty("said").GetString());

    private JsonElement Part(string name) => Parts().Single(part => part.GetProperty("part").GetString() == name);

    private JsonElement[] Parts() =>
        [.. File.ReadLines(Path.Combine(_folder.Path, "out", "summary.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];

    private string Summary() => File.ReadAllText(Path.Combine(_folder.Path, "out", "summary.txt"));
}
