using System.Text.Json;
using NoraPipelines.Evaluation;

namespace NoraPipelines.Tests.Evaluation;

public sealed class ScoresTests
{
    private static readonly Scores Loss = new(new Dictionary<string, double> { ["loss"] = 1.5 }) { Protocol = "a-v1" };
    private static readonly Scores Match =
        new(new Dictionary<string, double> { ["exact_match"] = double.PositiveInfinity }) { Protocol = "b-v2" };

    [Fact]
    public void One_task_keeps_its_names_and_several_are_prefixed()
    {
        Assert.Same(Loss, Scores.Combine([("perplexity", Loss)]));
        var both = Scores.Combine([("perplexity", Loss), ("gsm8k", Match)]);
        Assert.Equal(["perplexity.loss", "gsm8k.exact_match"], both.Values.Keys);
        Assert.Equal("a-v1, b-v2", both.Protocol);
    }

    [Fact]
    public void Scores_survive_a_file_even_where_a_number_is_not_finite()
    {
        var both = Scores.Combine([("perplexity", Loss), ("gsm8k", Match)]);
        Assert.Equal(both, JsonSerializer.Deserialize<Scores>(JsonSerializer.Serialize(both)));
        Assert.NotEqual(both, Loss);
    }
}
