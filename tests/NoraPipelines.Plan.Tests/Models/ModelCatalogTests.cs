using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Models;

/// <summary>Sizes as the published checkpoints have them.</summary>
public class ModelCatalogTests
{
    [Theory]
    [InlineData("llama-7b", 6_738_415_616)]
    [InlineData("llama-2-7b", 6_738_415_616)]
    [InlineData("llama-3-8b", 8_030_261_248)]
    [InlineData("mistral-7b", 7_241_732_096)]
    [InlineData("qwen2-7b", 7_615_616_512)]
    [InlineData("qwen3-8b", 8_190_735_360)]
    [InlineData("gemma-7b", 8_537_680_896)]
    [InlineData("roberta-base", 124_645_632)]
    [InlineData("roberta-large", 355_359_744)]
    [InlineData("bert-base-uncased", 109_482_240)]
    [InlineData("bert-large-uncased", 335_141_888)]
    [InlineData("all-minilm-l6-v2", 22_713_216)]
    [InlineData("clip-vit-b-16", 149_620_737)]
    [InlineData("stories260k", 260_032)]
    [InlineData("babyllama-105", 936_448)]
    public void Total_parameters_are_those_of_the_published_model(string name, long expected) =>
        Assert.Equal(expected, ModelCatalog.Find(name)!.TotalParameters);

    [Fact]
    public void Every_preset_is_found_by_its_name() =>
        Assert.All(ModelCatalog.Names, name => Assert.NotEmpty(ModelCatalog.Find(name)!.Projections));

    [Fact]
    public void An_unknown_name_is_not_found() => Assert.Null(ModelCatalog.Find("llama-9"));
}
