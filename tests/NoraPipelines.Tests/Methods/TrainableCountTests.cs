using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Tests.EndToEnd;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tests.Models.Roberta;

namespace NoraPipelines.Tests.Methods;

/// <summary>What a plan says trains is what is counted on the tensors, for every method and every structure of NoRA.</summary>
public sealed class TrainableCountTests
{
    private static readonly EquatableArray<string> Targets = EquatableArray.Of("q_proj", "k_proj", "down_proj");

    /// <summary>A plan of each method with adapters, and how code places it.</summary>
    private static readonly (AdapterPlan Plan, Action<AdapterSet, LinearProjection, VeraPair> Place)[] Methods =
    [
        (new NoraPlan { OuterRank = 8, InnerRank = 3, Alpha = 8 }, (set, at, _) => set.AddNora(at, outerRank: 8, innerRank: 3, alpha: 8)),
        (new LoraPlan { Rank = 3, Alpha = 3 }, (set, at, _) => set.AddLora(at, rank: 3, alpha: 3)),
        (new LoraXsPlan { Rank = 5, Alpha = 5 }, (set, at, _) => set.AddLoraXs(at, rank: 5, alpha: 5)),
        (new RsLoraPlan { Rank = 3, Alpha = 3 }, (set, at, _) => set.AddRsLora(at, rank: 3, alpha: 3)),
        (new LoraPlusPlan { Rank = 3, Alpha = 3 }, (set, at, _) => set.AddLora(at, rank: 3, alpha: 3)),
        (new LoraFaPlan { Rank = 3, Alpha = 3 }, (set, at, _) => set.AddLoraFa(at, rank: 3, alpha: 3)),
        (new DoraPlan { Rank = 3, Alpha = 3 }, (set, at, _) => set.AddDora(at, rank: 3, alpha: 3)),
        (new PissaPlan { Rank = 3, Alpha = 3 }, (set, at, _) => set.AddPissa(at, rank: 3, alpha: 3)),
        (new VeraPlan { Rank = 7 }, (set, at, pair) => set.AddVera(at, pair)),
        (new LokrPlan { Rank = 2, Alpha = 2 }, (set, at, _) => set.AddLokr(at, rank: 2, alpha: 2)),
        (new LokrPlan { Rank = 2, Alpha = 2, Factor = 2 }, (set, at, _) => set.AddLokr(at, rank: 2, alpha: 2, factor: 2)),
        (new AdaLoraPlan { Rank = 4, TargetRank = 2, Alpha = 4 }, (set, at, _) => set.AddAdaLora(at, rank: 4, alpha: 4)),
        (new DyLoraPlan { Rank = 4, RankAt = 2, Alpha = 4 }, (set, at, _) => set.AddDyLora(at, rank: 4, alpha: 4)),
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Methods.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_methods_plan_counts_what_trains(int row)
    {
        var (plan, place) = Methods[row];
        Check(plan, place);
    }

    [Theory]
    [MemberData(nameof(Structures.All), MemberType = typeof(Structures))]
    public void A_structures_plan_counts_what_trains(InnerStructure structure, InnerPosition position, bool trainsOuter)
    {
        var innerRank = structure == InnerStructure.Adapter ? 0 : 3;
        var plan = new NoraPlan { OuterRank = 8, InnerRank = innerRank, Alpha = 8, Structure = structure, Position = position, OuterTrainable = trainsOuter };
        Check(plan, (set, at, _) => set.Add(at, Structures.Make(structure, position, trainsOuter, at.OutFeatures, at.InFeatures, 8, 3, 8)));
    }

    [Fact]
    public void Full_training_counts_all_of_a_decoder_and_no_head_of_a_classifier()
    {
        using var decoder = TinyDecoder.Create();
        var all = decoder.TrainAllParameters();
        Assert.Equal(ParameterCount.Trainable(decoder.Shape, new FullPlan()), FullTraining.TrainableCount(decoder, all));
        using var classifier = TinyEncoder.Create();
        var parameters = classifier.TrainAllParameters();
        Assert.Equal(ParameterCount.Trainable(classifier.Shape, new FullPlan()), FullTraining.TrainableCount(classifier, parameters));
        Assert.True(FullTraining.TrainableCount(classifier, parameters) < parameters.Sum(parameter => parameter.Value.numel()));
    }

    /// <summary>Neither here nor among the runs; that is asked here because the runs build a program first.</summary>
    [Fact]
    public void No_method_is_left_out()
    {
        string[] methods = [.. PlannedMethods.All.Where(method => !method.Blank.TrainsModel).Select(method => method.Name)];
        string[] missing =
        [
            .. methods.Except(Methods.Select(row => row.Plan.Method)).Select(method =>
                $"method {method} is not counted on tensors: add a row with its plan and how it is placed to TrainableCountTests.Methods"),
            .. methods.Except(BaselineRunTests.Methods.Select(row => (string)row[0])).Select(method =>
                $"method {method} is not run as a process: add a row with its keys and its count to BaselineRunTests.Methods"),
        ];
        Assert.True(missing.Length == 0, string.Join("\n", missing));
    }

    [Fact]
    public void Another_number_than_expected_is_refused_with_both_and_what_to_do()
    {
        using var model = TinyDecoder.Create();
        using var set = new AdapterSet();
        set.AddLora(model.Layers[0].SelfAttention.QProj, rank: 20, alpha: 1);
        set.Expect(trainable: 1_280);
        var message = Assert.Throws<NoraException>(() => set.Expect(trainable: 1_281)).Message;
        Assert.Contains("1,280 parameters of the adapters on 1 projections train, expected 1,281", message);
        Assert.Contains("build it again", message);
        Assert.Contains("1,000", Assert.Throws<NoraException>(() => FullTraining.Expect(model, model.TrainAllParameters(), trainable: 1_000)).Message);
    }

    [Fact]
    public void A_frozen_factor_that_trains_all_the_same_is_counted()
    {
        using var model = TinyDecoder.Create();
        using var set = new AdapterSet();
        set.AddLoraFa(model.Layers[0].SelfAttention.QProj, rank: 2, alpha: 1);
        Assert.Equal(2 * 32, set.TrainableCount);
        set.Items[0].Adapter.Frozen[0].Value.requires_grad_(true);
        Assert.Equal(2 * 64, set.TrainableCount);
    }

    private static void Check(AdapterPlan plan, Action<AdapterSet, LinearProjection, VeraPair> place)
    {
        using var model = TinyDecoder.Create();
        using var pair = VeraStart.DrawPair(model, [.. Targets], rank: 7, seed: 1);
        using var set = new AdapterSet();
        foreach (var projection in model.Projections.Where(projection => Targets.Contains(projection.Name))) place(set, projection, pair);
        var planned = ParameterCount.Trainable(TinyDecoder.Shape(), plan with { Targets = Targets });
        Assert.True(planned > 0);
        Assert.Equal(planned, set.TrainableCount);
        set.Expect(planned);
        Assert.Equal(planned, set.Trainable.Sum(parameter => parameter.Value.numel())); // what the optimizer is given
    }
}
