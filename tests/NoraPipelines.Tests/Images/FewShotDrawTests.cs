using System.Text.Json;
using NoraPipelines.Images;

namespace NoraPipelines.Tests.Images;

/// <summary>Rows of few-shot draws against the repositories' own functions (tests/golden/clip-fewshot-sampler/README.md).</summary>
public sealed class FewShotDrawTests
{
    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(GoldenFile.Path("clip-fewshot-sampler/cases.json"))).RootElement;
    private static readonly int[] Train = Numbers(Root.GetProperty("train_labels"));
    private static readonly int[] Validation = Numbers(Root.GetProperty("val_labels"));

    public static TheoryData<string, FewShotSampler> Samplers => new()
    {
        { "coop", FewShotSampler.Coop }, { "clip_lora", FewShotSampler.ClipLora },
    };

    [Theory]
    [MemberData(nameof(Samplers))]
    public void A_draw_takes_the_rows_of_its_reference_in_their_order(string name, FewShotSampler sampler)
    {
        var cases = 0;
        foreach (var seed in Root.GetProperty(name).EnumerateObject())
        {
            foreach (var shots in seed.Value.EnumerateObject())
            {
                var draw = FewShotDraw.Of(sampler, Train, Validation, int.Parse(shots.Name), int.Parse(seed.Name));
                Assert.Equal(Numbers(shots.Value.GetProperty("train")), draw.Train);
                Assert.Equal(Numbers(shots.Value.GetProperty("val")), draw.Validation);
                cases++;
            }
        }
        Assert.Equal(9, cases);
    }

    [Fact]
    public void Tip_adapter_draws_the_rows_of_its_reference_whatever_the_seed()
    {
        var cases = Root.GetProperty("tip_adapter").EnumerateObject().ToList();
        Assert.Equal(3, cases.Count);
        foreach (var shots in cases)
        {
            for (var seed = 1; seed <= 3; seed++)
            {
                var draw = FewShotDraw.Of(FewShotSampler.TipAdapter, Train, Validation, int.Parse(shots.Name), seed);
                Assert.Equal(Numbers(shots.Value.GetProperty("train")), draw.Train);
                Assert.Equal(Enumerable.Range(0, Validation.Length), draw.Validation);
            }
        }
    }

    [Fact]
    public void Pythons_generator_gives_pythons_numbers()
    {
        var seeds = Root.GetProperty("python_random").EnumerateObject().ToList();
        Assert.Equal(5, seeds.Count);
        foreach (var (seed, expected) in seeds.Select(pair => (long.Parse(pair.Name), pair.Value)))
        {
            var words = new PythonRandom(seed);
            Assert.All(expected.GetProperty("getrandbits32").EnumerateArray(), word => Assert.Equal(word.GetUInt32(), words.Bits(32)));
            var numbers = new PythonRandom(seed);
            Assert.All(expected.GetProperty("random").EnumerateArray(), number => Assert.Equal(number.GetDouble(), numbers.Number()));
            int[] Range(int count) => [.. Enumerable.Range(0, count)];
            Assert.Equal(Numbers(expected.GetProperty("sample_10_4")), new PythonRandom(seed).Sample(Range(10), 4));
            Assert.Equal(Numbers(expected.GetProperty("sample_1000_4")), new PythonRandom(seed).Sample(Range(1000), 4));
            Assert.Equal(Numbers(expected.GetProperty("choices_7_5")), new PythonRandom(seed).Choices(Range(7), 5));
        }
    }

    private static int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetInt32())];
}
