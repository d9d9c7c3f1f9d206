using NoraPipelines.Data;
using NoraPipelines.Plans;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Llama;

/// <summary>Examples that share a row are computed as if each had a row of its own.</summary>
[Collection(RandomState.Name)]
public sealed class PackingTests
{
    private const int RowTokens = 24;

    private static readonly Dictionary<string, DecoderShape> Shapes = new()
    {
        ["llama"] = TinyDecoder.Shape() with { RopeScaling = new RopeScaling.Linear(2.5) },
        ["mistral"] = TinyDecoder.Shape() with { Architecture = Architecture.Mistral, SlidingWindow = 4 },
        ["gemma"] = TinyDecoder.Shape() with
        {
            Architecture = Architecture.Gemma,
            HeadSize = 16,
            KeyValueHeadCount = 1,
            Activation = GateActivation.GeluTanh,
            NormAddsOne = true,
            ScaledEmbeddings = true,
            TiedEmbeddings = true,
        },
        ["qwen2"] = TinyDecoder.Shape() with { Architecture = Architecture.Qwen2, AttentionBias = AttentionBias.QueryKeyValue, RopeTheta = 1e6 },
        ["qwen3"] = TinyDecoder.Shape() with { Architecture = Architecture.Qwen3, HeadNorms = true, HeadSize = 16 },
    };

    // Lengths 2 … 13; the labels begin at 0 (the whole text), 1 or 2.
    private static readonly TokenizedExample[] Examples =
    [
        .. from i in Enumerable.Range(0, 10)
           let ids = Enumerable.Range(0, 2 + i * 5 % 12).Select(t => (7 * i + 3 * t + t * t) % 50)
           select new TokenizedExample([.. ids], Math.Min(i % 3, 1 + i * 5 % 12)),
    ];

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (var family in Shapes.Keys)
                foreach (var recompute in (bool[])[false, true]) cases.Add(family, recompute);
            return cases;
        }
    }

    public static TheoryData<string> Families => [.. Shapes.Keys];

    [Theory]
    [MemberData(nameof(Families))]
    public void Logits_are_those_of_each_example_alone(string family)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = TinyDecoder.Create(Shapes[family]);
        using var stream = Stream(RowTokens);
        using var batch = stream.Next();
        Assert.True(batch.MicroBatches.Sum(micro => (int)micro.InputIds.shape[0]) < Examples.Length);

        var compared = 0;
        foreach (var micro in batch.MicroBatches)
        {
            var together = model.Logits(model.Hidden(micro.InputIds, positions: micro.Positions, segments: micro.Segments));
            var segments = micro.Segments!.data<long>().ToArray();
            var (rows, columns) = ((int)micro.InputIds.shape[0], (int)micro.InputIds.shape[1]);
            for (var row = 0; row < rows; row++)
            {
                var inRow = segments.AsSpan(row * columns, columns).ToArray();
                foreach (var segment in inRow.Where(segment => segment > 0).Distinct())
                {
                    var (start, length) = (Array.IndexOf(inRow, segment), inRow.Count(other => other == segment));
                    var alone = model.Logits(model.Hidden(micro.InputIds[row].narrow(0, start, length).unsqueeze(0)));
                    Near.Check(alone[0], together[row].narrow(0, start, length), 2e-5, 1e-4, $"example {compared}");
                    compared++;
                }
            }
        }
        Assert.Equal(Examples.Length, compared);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_and_gradients_of_a_step_are_those_of_the_unpacked_step(string family, bool recompute)
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create(Shapes[family]);
        using var adapters = TinyAdapters.Nested(model);
        model.GradientCheckpointing = recompute;

        (Tensor Loss, Tensor[] Gradients, int Passes) Step(int? rowTokens)
        {
            foreach (var (_, value) in adapters.Trainable) value.grad = null;
            using var stream = Stream(rowTokens);
            using var batch = stream.Next();
            var total = zeros([]);
            foreach (var micro in batch.MicroBatches)
            {
                var loss = CausalLoss.Sum(model, micro) / batch.Weight;
                loss.backward();
                total += loss.detach();
            }
            return (total, [.. adapters.Trainable.Select(parameter => parameter.Value.grad!.clone())], batch.MicroBatches.Count);
        }

        var (plain, packed) = (Step(null), Step(RowTokens));
        Assert.True(packed.Passes < plain.Passes);
        Near.Check(plain.Loss, packed.Loss, 1e-6, 1e-5, "loss");
        for (var i = 0; i < plain.Gradients.Length; i++)
            Near.Check(plain.Gradients[i], packed.Gradients[i], 2e-5, 1e-3, adapters.Trainable[i].Name);
    }

    [Fact]
    public void Without_segments_a_neighbour_is_seen()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = TinyDecoder.Create();
        using var stream = Stream(RowTokens);
        using var batch = stream.Next();
        var micro = batch.MicroBatches[0];
        var apart = model.Hidden(micro.InputIds, positions: micro.Positions, segments: micro.Segments);
        var mixed = model.Hidden(micro.InputIds, positions: micro.Positions);
        Assert.True((apart - mixed).abs().max().item<float>() > 1e-2);
    }

    [Fact]
    public void Packing_never_shares_a_cache()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = TinyDecoder.Create();
        using var cache = model.NewCache(1, 8);
        Assert.Throws<ArgumentException>(() => model.Hidden(TinyDecoder.Ids(1, 4), cache: cache, segments: ones([1, 4], ScalarType.Int64)));
    }

    private static BatchStream<TokenizedExample, TextBatch> Stream(int? rowTokens) =>
        new(Examples, new TextCollator(padId: 9, rowTokens), 10, 2, seed: 1, null, 0, CPU);
}
