using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Spec;

public class WordsTests
{
    [Fact]
    public void Values_are_written_as_the_spec_has_them()
    {
        Assert.Equal(["random", "svd", "awsvd"], Words.All<OuterInitialization>());
        Assert.Equal(["mean_abs", "rms", "weight_mean_abs"], Words.All<ActivationStatistic>());
        Assert.Equal(["float32", "bfloat16"], Words.All<WeightType>());
        Assert.Equal(["silu", "gelu_pytorch_tanh", "gelu", "relu", "quick_gelu"], Words.All<GateActivation>());
        Assert.Equal(["normal", "uniform_zero", "singular"], Words.All<InnerInitialization>());
    }

    [Fact]
    public void Every_word_reads_back() => Assert
        .All(Words.All<Architecture>(), word => Assert.Equal(word, Words.Of(Words.Parse<Architecture>(word)!.Value)));

    [Fact]
    public void Another_word_is_none() => Assert.Null(Words.Parse<SigmaSide>("c"));

    [Theory]
    [InlineData("q_prj", "q_proj")]
    [InlineData("qproj", "q_proj")]
    [InlineData("down_porj", "down_proj")]
    [InlineData("Q_PROJ", "q_proj")]
    [InlineData("attention", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_proposed_if_it_is_near(string word, string? expected) =>
        Assert.Equal(expected, DidYouMean.Nearest(word, ["q_proj", "k_proj", "down_proj"]));
}
