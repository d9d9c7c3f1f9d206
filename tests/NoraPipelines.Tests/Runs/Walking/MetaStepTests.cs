using NoraPipelines.Plans;
using NoraPipelines.Runs.Walking;
using NoraPipelines.Tests.Build;
using NoraPipelines.Tests.Methods;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Runs.Walking;

/// <summary>
/// Training steps without numbers: what would wait for a GPU fails here, since a tensor on meta has no number to give, and the trace shows what is
/// made on the CPU.
/// </summary>
[Collection(OnMeta.Name)]
public sealed class MetaStepTests
{
    // The loss and the norm.
    private const int Reads = 2;

    private static readonly NoraPlan Nora = new() { OuterRank = 8, InnerRank = 4, Alpha = 8 };

    public static TheoryData<string, string> FamiliesAndMethods
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var family in MetaPlans.Shapes.Keys)
                foreach (var method in PlannedMethods.All) all.Add(family, method.Name);
            return all;
        }
    }

    [LinuxTheory]
    [MemberData(nameof(FamiliesAndMethods))]
    public void A_step_reads_its_loss_and_its_norm_and_makes_nothing_on_the_cpu(string family, string method)
    {
        var step = MetaStep.Of(MetaPlans.Of(MetaPlans.Shapes[family], method == "nora" ? Nora : PlannedMethods.Find(method)!.Blank));
        // AdaLoRA reports its ranks and its penalty, both in one read.
        Assert.Equal(Reads + (method == "adalora" ? 1 : 0), step.Reads);
        Assert.Empty(MetaStep.OnTheCpu(step.Trace));
    }

    [LinuxTheory]
    [InlineData("llama", WeightType.BFloat16, false, false, 0)]
    [InlineData("llama", WeightType.BFloat16, true, false, 0)]
    [InlineData("llama", WeightType.BFloat16, true, true, 0.1)]
    [InlineData("llama", WeightType.Float32, true, false, 0)]
    [InlineData("llama", WeightType.Float32, false, true, 0.1)]
    [InlineData("mistral", WeightType.BFloat16, true, true, 0)]
    [InlineData("mistral", WeightType.BFloat16, false, false, 0.1)]
    [InlineData("gemma", WeightType.BFloat16, true, true, 0)]
    [InlineData("qwen3", WeightType.BFloat16, false, true, 0)]
    [InlineData("roberta", WeightType.BFloat16, false, false, 0)]
    [InlineData("roberta", WeightType.Float32, false, true, 0.1)]
    [InlineData("bert", WeightType.BFloat16, false, true, 0)]
    public void So_it_is_in_bfloat16_with_packing_gradient_checkpointing_and_dropout(string family, WeightType dtype, bool packing, bool recompute, double dropout)
    {
        AdapterPlan[] plans = [Nora with { Dropout = dropout }, new LoraPlan { Rank = 4, Alpha = 4, Dropout = dropout }];
        foreach (var plan in plans)
        {
            var step = MetaStep.Of(MetaPlans.Of(MetaPlans.Shapes[family], plan, dtype, packing, recompute));
            Assert.Equal(Reads, step.Reads);
            Assert.Empty(MetaStep.OnTheCpu(step.Trace));
        }
    }

    [LinuxTheory]
    [MemberData(nameof(Structures.All), MemberType = typeof(Structures))]
    public void So_it_is_in_every_structure_of_nora(InnerStructure structure, InnerPosition position, bool trainsOuter)
    {
        var plan = Nora with { Structure = structure, Position = position, OuterTrainable = trainsOuter };
        var step = MetaStep.Of(MetaPlans.Of(MetaPlans.Shapes["llama"], plan, WeightType.BFloat16));
        Assert.Equal(Reads, step.Reads);
        Assert.Empty(MetaStep.OnTheCpu(step.Trace));
    }

    [LinuxFact]
    public void A_number_that_a_step_reads_and_a_tensor_that_it_makes_on_the_cpu_are_found()
    {
        StepWalk.Prepare();
        Assert.ThrowsAny<Exception>(() => StepWalk.Trace(() => ones(2, device: META).sum().item<float>()));
        var found = MetaStep.OnTheCpu(StepWalk.Trace(() => tensor(new[] { 1f, 2f }).to(META).add_(1)));
        Assert.Contains(found, made => made.EndsWith("[2]", StringComparison.Ordinal));
    }
}
