using NoraPipelines.Evaluation;
using NoraPipelines.Tests.Checkpoints;

namespace NoraPipelines.Tests.Evaluation;

public sealed class PredictionLogTests
{
    [Fact]
    public void Nothing_is_written_through_a_link()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["victim"], "VICTIM");
        File.CreateSymbolicLink(folder["predictions.jsonl"], folder["victim"]);

        using (var log = new PredictionLog(folder["predictions.jsonl"])) log.Write([new { Text = "a" }]);

        Assert.Equal("VICTIM", File.ReadAllText(folder["victim"]));
        Assert.Equal("{\"text\":\"a\"}\n", File.ReadAllText(folder["predictions.jsonl"]));
    }
}
