using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Training;

public class MemoryEstimateTests
{
    [Fact]
    public void Weights_adapters_and_optimizer_are_exact()
    {
        var memory = MemoryEstimate.Of(SamplePlans.Llama3);
        Assert.Equal(2 * 8_030_261_248, memory.Weights);
        Assert.Equal(2 * 167_772_160 + 8 * 917_504, memory.Adapters);
        Assert.Equal(8 * 917_504, memory.Optimizer);
        Assert.Equal(100_000 * (72 + 2 * 512), memory.Examples);
        Assert.Equal(memory.Weights + memory.Adapters + memory.Optimizer + memory.Activations + memory.Examples + 290_000_000, memory.Peak);
        Assert.Equal(memory.Peak - memory.Activations + memory.Evaluation, memory.EvaluationPeak);
    }

    [Fact]
    public void Activations_follow_the_formula()
    {
        // Worked by hand for stories260k in float32: T = 2·10, h 64, q 64, k 32, f 172, vocabulary 512, five layers, NoRA 32/16 on seven.
        var plan = SamplePlans.Llama3 with
        {
            Model = SamplePlans.Llama3.Model with { Shape = ModelCatalog.Find("stories260k")!, Dtype = WeightType.Float32 },
            Adapter = SamplePlans.Nora(32, 16),
            Dataset = SamplePlans.Llama3.Dataset with { MaxTokens = 10 },
            Training = SamplePlans.Llama3.Training with { MicroBatch = 2 },
        };
        const long layer = 4 * 20 * (2 * 64 + 4 * 64 + 2 * 172 + 7 * 32);
        const long last = 12_000_000 + 4 * (4 * 20 * 64 + 20 * (3 * 172 + 64));
        Assert.Equal(5 * layer + last, MemoryEstimate.Of(plan).Activations);
        Assert.Equal(5 * 4 * 20 * 64 + layer + last,
            MemoryEstimate.Of(plan with { Training = plan.Training with { GradientCheckpointing = true } }).Activations);
        const long mask = 4 * 20 * 10;
        Assert.Equal(5 * layer + last + mask, MemoryEstimate.Of(plan with { Dataset = plan.Dataset with { Packing = true } }).Activations);
    }

    [Fact]
    public void Lora_keeps_the_inputs_that_nora_does_not()
    {
        var lora = new LoraPlan { Rank = 64, Alpha = 64, Targets = new(SamplePlans.Seven) };
        var nora = SamplePlans.Nora(64, 32); // the same 64 numbers a projection and token
        var shape = (DecoderShape)SamplePlans.Llama3.Model.Shape;
        long inputs = 3 * shape.HiddenSize + shape.FeedForwardSize; // of q/k/v, o, gate/up, down
        Assert.Equal(
            2L * 8 * 512 * 32 * inputs,
            MemoryEstimate.Of(SamplePlans.Llama3 with { Adapter = lora }).Activations - MemoryEstimate.Of(SamplePlans.Llama3 with { Adapter = nora }).Activations);
    }

    [Theory]
    [InlineData(InnerStructure.Serial, InnerPosition.WB, false, 7 * 96, false)]
    [InlineData(InnerStructure.Parallel, InnerPosition.WB, false, 7 * 96, false)]
    [InlineData(InnerStructure.Parallel, InnerPosition.WA, false, 7 * 32, true)]
    [InlineData(InnerStructure.Adapter, InnerPosition.WB, false, 7 * 128, false)]
    [InlineData(InnerStructure.Serial, InnerPosition.WA, true, 7 * 96, true)]
    public void A_structure_keeps_inputs_where_something_that_trains_reads_them(
        InnerStructure structure, InnerPosition position, bool trainsOuter, long values, bool keepsInputs)
    {
        var nora = SamplePlans.Nora(64, 32);
        var other = nora with { Structure = structure, Position = position, OuterTrainable = trainsOuter };
        var shape = (DecoderShape)SamplePlans.Llama3.Model.Shape;
        long inputs = keepsInputs ? 3 * shape.HiddenSize + shape.FeedForwardSize : 0;
        Assert.Equal(
            2L * 8 * 512 * 32 * (inputs + values - 7 * 64),
            MemoryEstimate.Of(SamplePlans.Llama3 with { Adapter = other }).Activations - MemoryEstimate.Of(SamplePlans.Llama3 with { Adapter = nora }).Activations);
    }

    [Fact]
    public void Frozen_factors_count_in_the_dtype_they_are_held_in_and_a_shared_pair_once()
    {
        long Adapters(AdapterPlan plan) => MemoryEstimate.Of(SamplePlans.Llama3 with { Adapter = plan with { Targets = new(SamplePlans.Seven) } }).Adapters;
        Assert.Equal(2 * 512 * 2 * 14_336 + 8 * 1_490_944, Adapters(new VeraPlan { Rank = 512 }));
        Assert.Equal((4 + 8) * 167_772_160L, Adapters(new PissaPlan { Rank = 64, Alpha = 64 }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Vera_and_lora_fa_do_not_keep_the_inputs(bool vera)
    {
        AdapterPlan plan = vera ? new VeraPlan { Rank = 64, Targets = new(SamplePlans.Seven) } : new LoraFaPlan { Rank = 64, Alpha = 64, Targets = new(SamplePlans.Seven) };
        var shape = (DecoderShape)SamplePlans.Llama3.Model.Shape;
        long outs = vera ? shape.Projections.Sum(projection => (long)projection.Out) : 0;
        Assert.Equal(
            2L * 8 * 512 * 32 * outs,
            MemoryEstimate.Of(SamplePlans.Llama3 with { Adapter = plan }).Activations - MemoryEstimate.Of(SamplePlans.Llama3 with { Adapter = SamplePlans.Nora(64, 32) }).Activations);
    }

    [Fact]
    public void Full_training_holds_gradients_and_moments_of_every_weight()
    {
        var memory = MemoryEstimate.Of(SamplePlans.Llama3 with { Adapter = new FullPlan() });
        Assert.Equal((2 * 8_030_261_248, 8 * 8_030_261_248), (memory.Adapters, memory.Optimizer));
    }
}
