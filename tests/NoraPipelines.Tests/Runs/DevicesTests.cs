using System.Text.RegularExpressions;
using NoraPipelines.Runs;

namespace NoraPipelines.Tests.Runs;

public sealed partial class DevicesTests
{
    [Theory]
    [InlineData(null, null, null, 0, "cpu", "auto")]
    [InlineData(null, null, null, 2, "cuda:0", "auto")]
    [InlineData(null, null, "1", 2, "cuda:1", "auto, LOCAL_RANK=1")]
    [InlineData(null, null, "what is never read", 0, "cpu", "auto")]
    [InlineData("cpu", "cuda:1", "1", 2, "cpu", "--device")]
    [InlineData("cuda", "cpu", "1", 2, "cuda:1", "--device, LOCAL_RANK=1")]
    [InlineData("cuda:0", null, "1", 2, "cuda:0", "--device")]
    [InlineData("auto", "cpu", null, 2, "cuda:0", "--device")]
    [InlineData(null, "cpu", "1", 2, "cpu", "the environment variable NORA_DEVICE")]
    [InlineData(null, "cuda:1", null, 2, "cuda:1", "the environment variable NORA_DEVICE")]
    public void What_is_typed_comes_before_the_environment_and_both_before_the_card_of_the_rank(
        string? typed, string? set, string? rank, int cards, string device, string source)
    {
        var chosen = Devices.Choose("system", typed, Variables(set, rank), () => cards);

        Assert.Equal((device, source), (chosen.Name, chosen.Source));
        Assert.Equal(device.Split(':')[0], chosen.Kind);
    }

    [Theory]
    [InlineData("gpu", "--device is 'gpu'")]
    [InlineData("", "--device is ''. Expected cpu, cuda:N")]
    [InlineData("CUDA", "did you mean 'cuda'")]
    [InlineData("cuda:", "--device is 'cuda:'")]
    [InlineData("cuda:-1", "--device is 'cuda:-1'")]
    [InlineData("cuda:1x", "--device is 'cuda:1x'")]
    [InlineData("cuda:99999999999", "--device is 'cuda:99999999999'")]
    [InlineData(" cpu", "--device is ' cpu'")]
    [InlineData("meta", "--device is 'meta'")]
    public void What_is_no_device_is_wrong_usage_wherever_it_was_said(string word, string expected)
    {
        var typed = Assert.Throws<UsageException>(() => Devices.Choose("system", word, Variables(null, null), () => 2));
        var set = Assert.Throws<UsageException>(() => Devices.Choose("system", null, Variables(word, null), () => 2));

        Assert.Contains(expected, typed.Message, StringComparison.Ordinal);
        Assert.Equal(typed.Message, set.Message.Replace("The environment variable NORA_DEVICE", "--device", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("cpu", "cuda:0", null, 0, "built for the CPU alone. Expected cpu; for a card build it with -p:NoraBackend=cuda")]
    [InlineData("cpu", "cuda", null, 0, "--device is 'cuda', and this program was built for the CPU alone")]
    [InlineData("cuda", "cuda:0", null, 0, "libtorch sees no CUDA device")]
    [InlineData("cuda", "cuda:9", null, 1, "--device is 'cuda:9', and libtorch sees 1 CUDA device. Expected cuda:0;")]
    [InlineData("cuda", "cuda:9", null, 4, "libtorch sees 4 CUDA devices. Expected cuda:0 to cuda:3;")]
    [InlineData("cuda", null, "4", 4, "LOCAL_RANK is 4 and auto asks for the card of that number, and libtorch sees 4 CUDA devices")]
    [InlineData("cuda", "cuda", "x", 4, "LOCAL_RANK is 'x'. Expected this process's number")]
    [InlineData("cuda", null, "", 4, "LOCAL_RANK is ''")]
    public void A_card_that_is_not_there_is_told_with_what_there_is(string backend, string? typed, string? rank, int cards, string expected)
    {
        var problem = Assert.Throws<NoraException>(() => Devices.Choose(backend, typed, Variables(null, rank), () => cards));

        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_for_the_CPU_alone_counts_no_cards() =>
        Assert.Equal("cpu", Devices.Choose("cpu", null, Variables(null, "3"), () => throw new InvalidOperationException()).Name);

    [Fact]
    public void No_device_is_written_down_elsewhere()
    {
        var found = from file in Directory.GetFiles(Repository.Path("src"), "*.cs", SearchOption.AllDirectories)
                    where !file.Split(Path.DirectorySeparatorChar).Contains("obj")
                        && File.ReadLines(file).Any(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && Written().IsMatch(line))
                    select Path.GetFileName(file);
        Assert.Equal(["Devices.cs"], found);
    }

    private static Dictionary<string, string> Variables(string? device, string? rank)
    {
        var variables = new Dictionary<string, string>();
        if (device is not null) variables["NORA_DEVICE"] = device;
        if (rank is not null) variables["LOCAL_RANK"] = rank;
        return variables;
    }

    /// <summary>A device's name as a text, and torch's own word for the first card.</summary>
    [GeneratedRegex(@"""cuda|torch\.CUDA|(?<![.\w])CUDA\s*[,);]|device\(DeviceType\.CUDA")]
    private static partial Regex Written();
}
