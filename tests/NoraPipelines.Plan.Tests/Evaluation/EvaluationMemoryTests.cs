using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Evaluation;

/// <summary>Worked by hand for stories260k in float32: h 64, q 64, k 32, f 172, vocabulary 512, five layers; prompts of 10 tokens.</summary>
public class EvaluationMemoryTests
{
    private const long Working = 12_000_000;
    private const long Layer = 4 * ((4 * 64) + (3 * 172)); // more than attention: 3·64 + 4·64 + 3·32 + 2·64

    [Fact]
    public void A_generation_holds_its_cache_and_the_pass_of_the_prompts()
    {
        const long cache = 5 * 2 * 4 * (8 * 13) * 32;
        const long pass = (8 * 10 * Layer) + (4 * 8 * 10 * 10);
        Assert.Equal(Working + cache + pass + (12 * 8 * 512), Of(new EvaluationPlan { Task = TaskProtocols.Of("exact_match"), Data = Data, Batch = 8, MaxNewTokens = 3 }));
    }

    [Fact]
    public void A_beam_is_a_row_and_the_largest_evaluation_counts()
    {
        var one = new EvaluationPlan { Task = TaskProtocols.Of("exact_match"), Data = Data, Batch = 8, MaxNewTokens = 3 };
        var beams = one with { Batch = 2, Decoding = new DecodingPlan { Kind = DecodingKind.Beams, Beams = 4 } };
        Assert.Equal(Of(one), Of(beams));
        Assert.Equal(Of(one with { Batch = 16 }), Of(one, one with { Batch = 16 }, one));
    }

    [Fact]
    public void No_cache_is_longer_than_the_model_has_positions()
    {
        const long cache = 5 * 2 * 4 * (8 * 512) * 32;
        const long pass = (8 * 10 * Layer) + (4 * 8 * 10 * 10);
        const long leaving = 4 * (8 * 512) * 32; // a layer's keys, copied when finished rows leave
        Assert.Equal(
            Working + cache + Math.Max(pass, leaving) + (12 * 8 * 512),
            Of(new EvaluationPlan { Task = TaskProtocols.Of("math"), Data = Data, Batch = 8, MaxNewTokens = 2048 }));
    }

    [Fact]
    public void Scoring_texts_holds_a_layer_or_a_piece_of_logits()
    {
        Assert.Equal(Working + (8 * 10 * 4 * (64 + (3 * 512))), Of(new EvaluationPlan { Task = TaskProtocols.Of("perplexity"), Data = Data, Batch = 8 }));
        Assert.Equal(
            Working + (5 * 8 * 10 * 4 * (64 + (3 * 512))),
            Of(new EvaluationPlan { Task = TaskProtocols.Of("commonsense/piqa"), Data = Data, Batch = 8, Decoding = new DecodingPlan { Kind = DecodingKind.Likelihood } }));
    }

    [Fact]
    public void Without_an_evaluation_there_is_nothing() => Assert.Equal(0, Of());

    private static DataSourcePlan Data => new() { Path = "test.jsonl" };

    private static long Of(params EvaluationPlan[] evaluations) => MemoryEstimate.Of(SamplePlans.Llama3 with
    {
        Model = SamplePlans.Llama3.Model with { Shape = ModelCatalog.Find("stories260k")!, Dtype = WeightType.Float32 },
        Dataset = SamplePlans.Llama3.Dataset with { MaxTokens = 10 },
        Evaluation = new(evaluations),
    }).Evaluation;
}
