using NoraPipelines.Data;
using NoraPipelines.Evaluation;
using NoraPipelines.Generation;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Llama;

/// <summary>With the kind dynamic a text's frequencies follow from its own length alone.</summary>
public sealed class DynamicPositionsTests : IDisposable
{
    private const int Original = 8;
    private readonly LlamaModel _model = TinyDecoder.Create(
        TinyDecoder.Shape() with { MaxPositions = 64, RopeScaling = new RopeScaling.Dynamic(8, Original) });

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Neither_padding_nor_longer_rows_beside_it_change_a_text(bool padsBehind)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (lengths, ids) = (new[] { 20, 11, 5 }, TinyDecoder.Ids(3, 20));
        var (mask, positions) = (zeros([3, 20], ScalarType.Bool), zeros([3, 20], int64));
        for (var row = 0; row < 3; row++)
        {
            var start = padsBehind ? 0 : 20 - lengths[row];
            mask[row].narrow(0, start, lengths[row]).fill_(true);
            positions[row].narrow(0, start, lengths[row]).copy_(arange(lengths[row]));
        }
        var together = _model.Hidden(ids, mask, positions: padsBehind ? null : positions);
        for (var row = 0; row < 3; row++)
        {
            var start = padsBehind ? 0 : 20 - lengths[row];
            Near.Check(_model.Hidden(ids[row].narrow(0, start, lengths[row]).unsqueeze(0))[0], together[row].narrow(0, start, lengths[row]), 2e-5, 1e-4, $"row {row}");
        }
    }

    [Fact]
    public void Texts_that_share_a_row_have_their_own()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var ids = TinyDecoder.Ids(1, 18);
        var (segments, positions) = (cat([zeros([1, 5], int64), ones([1, 13], int64)], 1), cat([arange(5), arange(13)]).unsqueeze(0));
        var packed = _model.Hidden(ids, positions: positions, segments: segments)[0];
        Near.Check(_model.Hidden(ids[.., ..5])[0], packed[..5], 2e-5, 1e-4, "first");
        Near.Check(_model.Hidden(ids[.., 5..])[0], packed[5..], 2e-5, 1e-4, "second");
    }

    [Fact]
    public void The_loss_of_a_batch_is_that_of_its_rows()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        TokenizedExample[] examples = [.. new[] { 20, 9, 4 }.Select((length, i) => new TokenizedExample([.. GoldenDecoderTests.Ids(TinyDecoder.Ids(1, length, seed: i)[0])], 2))];
        double Loss(int batch) => Perplexity.Evaluate(_model, examples, batch, padId: 0)["loss"];
        Assert.Equal(Loss(1), Loss(3), 1e-5);
        using var rows = PaddedRows.Packed([[examples[0]], [examples[1], examples[2]]], 0, [0, 1, 2]).ToDevice(CPU);
        Assert.Equal(Loss(1), CausalLoss.Sum(_model, rows).item<float>() / rows.LabelledTokens, 1e-5);
    }

    [Fact]
    public void A_cached_generation_is_the_one_without_a_cache()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        int[][] prompts = [[.. GoldenDecoderTests.Ids(TinyDecoder.Ids(1, 6)[0])], [.. GoldenDecoderTests.Ids(TinyDecoder.Ids(1, 3, seed: 8)[0])]];
        var cached = TextGenerator.Greedy(_model, prompts, maxNewTokens: 14, endId: null, padId: 0);
        foreach (var (prompt, found) in prompts.Zip(cached))
        {
            var text = prompt.ToList();
            for (var i = 0; i < 14; i++)
            {
                var hidden = _model.Hidden(tensor(text.Select(id => (long)id).ToArray()).unsqueeze(0));
                text.Add((int)_model.Logits(hidden[0, ^1]).argmax().item<long>());
            }
            Assert.Equal(text[prompt.Length..], found);
        }
    }
}
