using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Families;

public class ModelFamiliesTests
{
    public static TheoryData<string> Names => new(ModelFamilies.All.Select(family => family.GetType().Name));

    [Fact]
    public void Every_architecture_but_sdxl_is_served_by_one_family()
    {
        var served = ModelFamilies.All.SelectMany(family => family.Architectures).ToList();
        Assert.Equal(served.Distinct(), served);
        Assert.Equal([Architecture.Sdxl], Enum.GetValues<Architecture>().Except(served));
        Assert.Equal([Architecture.Clip, Architecture.Sdxl], ModelFamilies.Later);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_familys_presets_are_its_own_and_its_projections_have_places_of_their_own(string name)
    {
        var family = ModelFamilies.All.Single(candidate => candidate.GetType().Name == name);
        Assert.NotEmpty(family.Presets);
        Assert.All(family.Presets, preset => Assert.Same(family, ModelFamilies.Of(preset.Shape)));
        foreach (var architecture in family.Architectures) Assert.Same(family, ModelFamilies.Of(family.StandIn(architecture)));

        var projections = family.Presets[0].Shape.Projections;
        Assert.Equal(projections.Count, projections.Select(projection => projection.PathOf(1)).Distinct().Count());
        Assert.Equal(projections.Count, projections.Select(projection => (projection.Stack, projection.Member)).Distinct().Count());
    }

    /// <summary>Otherwise rank, layers or length of a spec would be reported against numbers that nobody wrote.</summary>
    [Fact]
    public void A_stand_in_has_room_for_everything() => Assert.All(
        ModelFamilies.All.Where(family => family.HasPrograms).SelectMany(family => family.Architectures),
        architecture =>
        {
            var shape = ModelFamilies.Of(architecture).StandIn(architecture);
            Assert.Equal(int.MaxValue, shape.DeepestStack());
            Assert.True(shape.LongestText > 1 << 30);
            Assert.All(shape.Projections, projection => Assert.Equal(int.MaxValue, projection.MaximumRank));
        });

    [Fact]
    public void A_target_names_a_projection_of_every_stack_or_of_one()
    {
        var clip = ModelCatalog.Find("clip-vit-b-16")!;
        var both = new LoraPlan { Rank = 2, Alpha = 1, Targets = EquatableArray.Of("q_proj") };
        Assert.Equal([768, 512], both.TargetsIn(clip).Select(projection => projection.In));
        Assert.Equal([512], (both with { Targets = EquatableArray.Of("text.q_proj") }).TargetsIn(clip).Select(projection => projection.In));
        Assert.Equal(2L * 12 * 2 * (768 + 512), ParameterCount.Trainable(clip, both));
    }

    [Fact]
    public void Projections_are_where_the_published_files_have_them()
    {
        Assert.Equal("model.layers.3.mlp.up_proj", ModelCatalog.Find("llama-3-8b")!.Projection("up_proj")!.PathOf(3));
        Assert.Equal("roberta.encoder.layer.11.attention.self.query", ModelCatalog.Find("roberta-base")!.Projection("query")!.PathOf(11));
        Assert.Equal("bert.encoder.layer.0.attention.output.dense", ModelCatalog.Find("all-minilm-l6-v2")!.Projection("attention.output.dense")!.PathOf(0));
        Assert.Equal("vision_model.encoder.layers.2.self_attn.q_proj", ModelCatalog.Find("clip-vit-b-16")!.Projection("q_proj")!.PathOf(2));
    }
}
