using NoraPipelines.Checkpoints;
using NoraPipelines.Export;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tests.Methods;
using NoraPipelines.Tests.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Export;

public class StructureExportTests
{
    public static TheoryData<InnerStructure, InnerPosition, bool> All => Structures.All;

    [Theory]
    [MemberData(nameof(All))]
    public void The_nested_folder_brings_every_structure_back_bit_for_bit(InnerStructure structure, InnerPosition position, bool trainsOuter)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var adapted = AdaptedDecoder.Structure(structure, position, trainsOuter, ScalarType.BFloat16);
        Assert.True(NestedFolder.CanHold(adapted.Adapters));
        NestedFolder.Write(folder.Path, adapted.Adapters, "base");

        using var model = TinyDecoder.Create(dtype: ScalarType.BFloat16);
        using var adapters = NestedFolder.Load(folder.Path, model);
        SameAdapters.Check(adapted.Adapters, adapters);
        SameTensor.Check(adapted.Logits(), AdaptedDecoder.Logits(model));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_plain_lora_does_the_same(InnerStructure structure, InnerPosition position, bool trainsOuter)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var adapted = AdaptedDecoder.Structure(structure, position, trainsOuter);
        var written = PeftExport.Write(folder.Path, adapted.Adapters, "base");
        var rank = (structure, position, trainsOuter) switch
        {
            (InnerStructure.Adapter, _, _) => 6,
            (InnerStructure.Parallel, _, true) => 12,
            (InnerStructure.Parallel, InnerPosition.WAAndWB, _) => 6,
            _ => 3,
        };
        Assert.Equal(rank, written.Rank);
        Assert.InRange(ExportCheck.Verify(adapted.Model, adapted.Adapters, folder.Path), 0, 1e-4);
    }

    [Theory]
    [InlineData("\"structure\": \"parallel\"", "\"structure\": \"spiral\"", "unknown structure")]
    [InlineData("\"position\": \"w_a_and_w_b\"", "\"position\": \"w_c\"", "unknown position 'w_c'")]
    [InlineData("\"position\": \"w_a_and_w_b\"", "\"position\": \"w_b\"", "unexpected")]
    [InlineData("\"structure\": \"parallel\"", "\"structure\": \"serial\"", "of another shape")]
    [InlineData("\"structure\": \"parallel\"", "\"structure\": \"adapter\"", "out of their bounds")]
    [InlineData("\"inner_rank\": 3", "\"inner_rank\": null", "out of their bounds")]
    [InlineData("\"outer_trainable\": false", "\"outer_trainable\": true", "missing")]
    [InlineData("\"outer_trainable\": false", "\"outer_trainable\": 0", "of another type")]
    public void A_description_that_does_not_fit_is_refused(string written, string changed, string message)
    {
        using var folder = new TemporaryFolder();
        using (var adapted = AdaptedDecoder.Structure(InnerStructure.Parallel, InnerPosition.WAAndWB, false))
            NestedFolder.Write(folder.Path, adapted.Adapters, "base");
        var description = File.ReadAllText(folder["nested.json"]);
        Assert.Contains(written, description);
        File.WriteAllText(folder["nested.json"], description.Replace(written, changed));
        using var model = TinyDecoder.Create();
        Assert.Contains(message, Assert.Throws<CheckpointException>(() => NestedFolder.Load(folder.Path, model)).Message);
        Assert.All(model.Projections, projection => Assert.Null(projection.Adapter));
    }
}
