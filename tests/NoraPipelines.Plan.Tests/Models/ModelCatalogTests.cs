using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Models;

/// <summary>Sizes as the published checkpoints have them.</summary>
public class ModelCatalogTests
{
    public static TheoryData<string, long> Published { get; } = new()
    {
        { "llama-7b", 6_738_415_616 },
        { "llama-2-7b", 6_738_415_616 },
        { "llama-3-8b", 8_030_261_248 },
        { "mistral-7b", 7_241_732_096 },
        { "qwen2-7b", 7_615_616_512 },
        { "qwen3-8b", 8_190_735_360 },
        { "gemma-7b", 8_537_680_896 },
        { "roberta-base", 124_645_632 },
        { "roberta-large", 355_359_744 },
        { "bert-base-uncased", 109_482_240 },
        { "bert-large-uncased", 335_141_888 },
        { "all-minilm-l6-v2", 22_713_216 },
        { "clip-vit-b-16", 149_620_737 },
        { "stories260k", 260_032 },
        { "babyllama-105", 936_448 },
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void Total_parameters_are_those_of_the_published_model(string name, long expected) =>
        Assert.Equal(expected, ModelCatalog.Find(name)!.TotalParameters);

    [Fact]
    public void Every_preset_has_its_published_total()
    {
        var missing = ModelCatalog.Names.Except(Published.Select(row => (string)row[0])).ToList();
        Assert.True(missing.Count == 0, $"no published total is known of the presets {string.Join(", ", missing)}; add rows to ModelCatalogTests.Published: "
            + "the preset, and how many parameters the published checkpoint holds");
    }

    [Fact]
    public void Every_preset_is_found_by_its_name() =>
        Assert.All(ModelCatalog.Names, name => Assert.NotEmpty(ModelCatalog.Find(name)!.Projections));

    [Fact]
    public void An_unknown_name_is_not_found() => Assert.Null(ModelCatalog.Find("llama-9"));
}
