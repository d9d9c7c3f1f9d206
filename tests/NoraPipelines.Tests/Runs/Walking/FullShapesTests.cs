using NoraPipelines.Plans;
using NoraPipelines.Runs.Walking;
using NoraPipelines.Tests.Build;

namespace NoraPipelines.Tests.Runs.Walking;

/// <summary>The shapes that are trained on GPUs, whole.</summary>
[Collection(OnMeta.Name)]
public sealed class FullShapesTests
{
    private static readonly NoraPlan Nora = new() { OuterRank = 64, InnerRank = 32, Alpha = 64 };

    [LinuxTheory]
    [InlineData("llama-3-8b", 4096)]
    [InlineData("gemma-7b", 4096)]
    [InlineData("roberta-large", 512)]
    public void A_step_has_the_operations_of_its_parameters(string preset, int tokens)
    {
        var shape = ModelCatalog.Find(preset)!;
        var walked = StepWalk.Of(Plan(shape, Nora, tokens));
        var operations = walked.Pass.Operators.Sum(entry => entry.Cost.Operations);
        // Twice forward, twice backward, for every weight but the embeddings, which are no product; attention, its masks and the adapters come to it.
        var embeddings = shape switch
        {
            DecoderShape { TiedEmbeddings: true } => 0, // the head is a product
            DecoderShape decoder => (long)decoder.VocabularySize * decoder.HiddenSize,
            _ => 52_000_000,
        };
        var products = 4.0 * tokens * (shape.TotalParameters - embeddings);
        Assert.InRange(operations / products, 0.95, 1.25);
    }

    [LinuxFact]
    public void A_layer_with_a_larger_pair_has_the_products_of_the_pair_more()
    {
        var shape = (DecoderShape)ModelCatalog.Find("llama-3-8b")!;
        double Products(int layers, int rank) => StepWalk.Of(Plan(shape with { LayerCount = layers }, Nora with { OuterRank = rank, InnerRank = rank / 2 }, 4096))
            .Pass.Operators.Sum(entry => entry.Cost.Operations);
        double OfALayer(int rank) => Products(2, rank) - Products(1, rank); // of the first, nothing goes back to the embeddings
        // A·x and B·v of each of seven projections and what goes back through them, and the three products of M.
        double Pairs(int rank) => shape.Projections.Sum(projection => 2.0 * 4096 * rank * ((2 * (projection.In + projection.Out)) + (3 * rank)));
        Assert.InRange((OfALayer(64) - OfALayer(8)) / (Pairs(64) - Pairs(8)), 0.99, 1.01);
    }

    private static PipelinePlan Plan(ModelShape shape, AdapterPlan adapter, int tokens)
    {
        var plan = MetaPlans.Of(shape, adapter, WeightType.BFloat16);
        return plan with
        {
            Dataset = plan.Dataset with { MaxTokens = tokens },
            Training = plan.Training with { Batch = 1, MicroBatch = 1 },
        };
    }
}
