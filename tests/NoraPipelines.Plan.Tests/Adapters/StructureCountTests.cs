using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Adapters;

/// <summary>Counts of the design space, for gate_proj of Llama-3-8B: 14336 × 4096, ranks 64/32.</summary>
public class StructureCountTests
{
    private static readonly ProjectionShape Gate = new("gate_proj", 14_336, 4_096, new LayerStack("layers", "Layers", "model.layers.{0}", 32));

    [Theory]
    [InlineData(InnerStructure.Serial, InnerPosition.WA, 4_096, 1_179_648)] // 2·64·32
    [InlineData(InnerStructure.Serial, InnerPosition.WB, 917_504, 1_179_648)] // 2·14336·32
    [InlineData(InnerStructure.Serial, InnerPosition.WAAndWB, 921_600, 1_179_648)]
    [InlineData(InnerStructure.Parallel, InnerPosition.WA, 133_120, 917_504)] // 32·(64 + 4096)
    [InlineData(InnerStructure.Parallel, InnerPosition.WB, 460_800, 262_144)] // 32·(14336 + 64)
    [InlineData(InnerStructure.Parallel, InnerPosition.WAAndWB, 593_920, 1_179_648)]
    [InlineData(InnerStructure.Adapter, InnerPosition.WA, 4_096, 1_179_648)] // 64²
    [InlineData(InnerStructure.Adapter, InnerPosition.WB, 205_520_896, 1_179_648)] // 14336²
    [InlineData(InnerStructure.Adapter, InnerPosition.WAAndWB, 205_524_992, 1_179_648)]
    public void Each_structure_trains_and_freezes_what_its_formula_says(InnerStructure structure, InnerPosition position, long trains, long freezes)
    {
        var plan = new NoraPlan { OuterRank = 64, InnerRank = 32, Alpha = 64, Structure = structure, Position = position };
        Assert.Equal((trains, freezes), (plan.TrainablePerProjection(Gate), plan.FrozenPerProjection(Gate)));
        var trained = plan with { OuterTrainable = true };
        Assert.Equal(trains + 1_179_648, trained.TrainablePerProjection(Gate)); // 64·(14336 + 4096) more
        Assert.Equal(structure == InnerStructure.Parallel ? 1_179_648 : 0, trained.FrozenPerProjection(Gate));
    }
}
