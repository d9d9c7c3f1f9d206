using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Methods;

/// <summary>The counts of the paper's runs, exact.</summary>
public class ParameterCountTests
{
    private static readonly string[] Seven = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];
    private static readonly string[] Five = ["q_proj", "k_proj", "v_proj", "up_proj", "down_proj"];

    [Theory]
    [InlineData("llama-3-8b", 64, 32, 917_504)]
    [InlineData("mistral-7b", 64, 32, 917_504)]
    [InlineData("gemma-7b", 64, 32, 802_816)]
    [InlineData("llama-3-8b", 128, 64, 3_670_016)]
    [InlineData("gemma-7b", 128, 64, 3_211_264)]
    public void Nora_on_all_seven_projections(string model, int outer, int inner, long expected) =>
        Assert.Equal(expected, Count(model, Nora(outer, inner, Seven)));

    [Theory]
    [InlineData("llama-3-8b", 64, 167_772_160)]
    [InlineData("gemma-7b", 64, 200_015_872)]
    public void Lora_on_all_seven_projections(string model, int rank, long expected) =>
        Assert.Equal(expected, Count(model, new LoraPlan { Rank = rank, Alpha = rank, Targets = new(Seven) }));

    [Theory]
    [InlineData(16, 28_311_552)]
    [InlineData(1, 1_769_472)]
    public void Lora_on_five_projections(int rank, long expected) =>
        Assert.Equal(expected, Count("llama-3-8b", new LoraPlan { Rank = rank, Alpha = rank, Targets = new(Five) }));

    [Fact]
    public void Lora_xs_on_all_seven_projections() =>
        Assert.Equal(917_504, Count("llama-3-8b", new LoraXsPlan { Rank = 64, Alpha = 64, Targets = new(Seven) }));

    [Fact]
    public void Dora_on_five_projections() =>
        Assert.Equal(2_555_904, Count("llama-3-8b", new DoraPlan { Rank = 1, Alpha = 1, Targets = new(Five) }));

    /// <summary>A budget is matched by trying ranks, which would search for ever at a method that keeps its own.</summary>
    [Fact]
    public void Every_method_of_one_rank_can_be_had_at_another()
    {
        var plans = PlannedMethods.All.Select(method => method.Blank).Where(plan => plan.OneRank is not null).ToList();
        Assert.NotEmpty(plans);
        var wrong = plans.Where(plan => plan.WithRank(7) is not { OneRank: 7 } other || other.GetType() != plan.GetType()).Select(plan =>
            $"{plan.GetType().Name}: WithRank(7) gives {plan.WithRank(7)?.ToString() ?? "null"}, expected the same plan at rank 7: override it where OneRank is");
        Assert.True(!wrong.Any(), string.Join("\n", wrong));
    }

    [Fact]
    public void Vera_on_all_seven_projections()
    {
        var plan = new VeraPlan { Rank = 512, Targets = new(Seven) };
        Assert.Equal(1_490_944, Count("llama-3-8b", plan));
        // The pair is there once, for the largest projection, however many there are.
        Assert.Equal(512 * 2 * 14_336, ParameterCount.Frozen(ModelCatalog.Find("llama-3-8b")!, plan));
    }

    [Theory]
    [InlineData(128, null, 8, 16)]
    [InlineData(127, null, 1, 127)]
    [InlineData(128, 4, 4, 32)]
    [InlineData(256, 64, 64, 4)]
    [InlineData(100, 7, 5, 20)]
    public void A_width_is_split_as_lycoris_does(int width, int? factor, int small, int large) =>
        Assert.Equal((small, large), LokrPlan.Split(width, factor));

    [Fact]
    public void Variants_of_lora_that_train_what_it_trains()
    {
        AdapterPlan[] plans =
        [
            new RsLoraPlan { Rank = 16, Alpha = 16, Targets = new(Five) }, new LoraPlusPlan { Rank = 16, Alpha = 16, Targets = new(Five) },
            new PissaPlan { Rank = 16, Alpha = 16, Targets = new(Five) },
        ];
        Assert.All(plans, plan => Assert.Equal(28_311_552, Count("llama-3-8b", plan)));
    }

    [Fact]
    public void Lora_fa_trains_the_output_side() => // 32 layers · 16 · (4096 + 1024 + 1024 + 14336 + 4096)
        Assert.Equal(12_582_912, Count("llama-3-8b", new LoraFaPlan { Rank = 16, Alpha = 16, Targets = new(Five) }));

    [Fact]
    public void Lokr_on_the_query() => // 32 layers · (64·64 + 8·(64 + 64))
        Assert.Equal(163_840, Count("llama-3-8b", new LokrPlan { Rank = 8, Alpha = 8, Targets = new(["q_proj"]) }));

    [Theory]
    [InlineData(24, 4, 6)]
    [InlineData(32, 4, 8)]
    [InlineData(16, 4, 4)]
    [InlineData(14_336, 112, 128)]
    [InlineData(13, 1, 13)]
    public void Lokr_splits_a_width_as_evenly_as_its_divisors_allow(int width, int small, int large) =>
        Assert.Equal((small, large), LokrPlan.Split(width));

    [Fact]
    public void Nora_on_both_towers_of_clip() => Assert.Equal(589_824, Count("clip-vit-b-16",
        Nora(256, 16, "vision.q_proj", "vision.k_proj", "vision.v_proj", "text.q_proj", "text.k_proj", "text.v_proj")));

    [Fact]
    public void Nora_on_query_and_value_of_roberta_large() =>
        Assert.Equal(73_728, Count("roberta-large", Nora(48, 16, "query", "value")));

    [Fact]
    public void Only_chosen_layers_count() =>
        Assert.Equal(2 * 917_504 / 32, Count("llama-3-8b", Nora(64, 32, Seven) with { Layers = LayerSelection.Of([0, 31]) }));

    [Fact]
    public void Full_training_counts_every_parameter() =>
        Assert.Equal(260_032, Count("stories260k", new FullPlan()));

    [Fact]
    public void Outer_factors_are_frozen() =>
        Assert.Equal(167_772_160, ParameterCount.Frozen(ModelCatalog.Find("llama-3-8b")!, Nora(64, 32, Seven)));

    private static NoraPlan Nora(int outer, int inner, params string[] targets) =>
        new() { OuterRank = outer, InnerRank = inner, Alpha = outer, Targets = new(targets) };

    private static long Count(string model, AdapterPlan adapter) => ParameterCount.Trainable(ModelCatalog.Find(model)!, adapter);
}
