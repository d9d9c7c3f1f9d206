using NoraPipelines.Cli.Doctor;

namespace NoraPipelines.Tests.Runs.CommandLine;

public sealed class DoctorTests
{
    [Fact]
    public void A_machine_that_trains_is_well()
    {
        using var command = new CommandRun(new FakePipeline());

        Assert.True(command.Run("doctor", "--json") == 0, command.Output);

        Assert.StartsWith("2.", command.Json.GetProperty("libtorch").GetString(), StringComparison.Ordinal);
        Assert.Equal("cpu", command.Json.GetProperty("device").GetString());
        Assert.True(command.Json.GetProperty("native").GetBoolean());
        Assert.True(command.Json.GetProperty("memory").GetInt64() > 1_000_000);
        Assert.Equal(["device", "disk", .. OperatingSystem.IsLinux() ? ["files"] : Array.Empty<string>(), "libtorch", "memory", "operators", "scalars", "tensors", "threads", "write"], command.Json.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()!).Order());
        Assert.Empty(Directory.GetFileSystemEntries(command.Folder));
    }

    [Theory]
    [InlineData("cuda:0", 1, "built for the CPU alone")]
    [InlineData("gpu", 2, "NORA_DEVICE is 'gpu'")]
    [InlineData("cpu", 0, "cpu (the environment variable NORA_DEVICE)")]
    public void What_the_environment_says_of_the_device_is_told(string device, int code, string expected)
    {
        using var command = new CommandRun(new FakePipeline()) { Variables = { ["NORA_DEVICE"] = device } };

        Assert.Equal(code, command.Run("doctor"));

        Assert.Contains(expected, string.Join(' ', (command.Output + command.Error).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cuda", 0, false)]
    [InlineData("system", 0, true)]
    [InlineData("cuda", 1, true)]
    public void Only_a_build_for_cards_needs_one(string backend, int found, bool ok) => Assert.Equal(ok, NativeChecks.Cards(backend, found).Ok);

    [Theory]
    [InlineData("version `GLIBCXX_3.4.32' not found (required by libLibTorchSharp.so)", "cpu", "Build the program again on this machine")]
    [InlineData("libtorch_cpu.so: cannot open shared object file", "cpu", "-p:NoraBackend=cpu")]
    [InlineData("libtorch.so: cannot open shared object file", "system", "set NORA_LIBTORCH")]
    [InlineData("libgomp.so.1: cannot open shared object file", "cpu", "build again")]
    public void A_library_that_does_not_load_comes_with_a_remedy(string reason, string backend, string remedy) =>
        Assert.Contains(remedy, NativeChecks.Remedy(reason, backend), StringComparison.Ordinal);
}
