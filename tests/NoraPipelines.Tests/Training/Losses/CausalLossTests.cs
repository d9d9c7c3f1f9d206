using NoraPipelines.Data;
using NoraPipelines.Methods;
using NoraPipelines.Tests.Models;
using NoraPipelines.Tests.Models.Llama;
using NoraPipelines.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Training;

public sealed class CausalLossTests
{
    [Theory]
    [InlineData(1L)]
    [InlineData(5L)]
    [InlineData(null)]
    public void Loss_and_gradients_equal_the_plain_composition_whatever_the_piece(long? rowsAtOnce)
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create();
        var parameters = model.TrainAllParameters();
        var ids = TinyDecoder.Ids(3, 9);
        var labels = TinyDecoder.Labels(ids);

        var logits = model.Logits(model.Hidden(ids));
        var plain = nn.functional.cross_entropy(
            logits.narrow(1, 0, 8).flatten(0, 1), labels.narrow(1, 1, 8).flatten(), ignore_index: -100, reduction: nn.Reduction.Sum);
        (plain * 0.1).backward();
        var expected = parameters.Select(parameter => parameter.Value.grad!.clone()).ToArray();
        foreach (var (_, value) in parameters) value.grad = null;

        var found = CausalLoss.Sum(model, ids, labels, rowsAtOnce);
        (found * 0.1).backward();

        Assert.Equal(ScalarType.Float32, found.dtype);
        Assert.Empty(found.shape);
        Near.Check(plain, found, 0, 1e-6, "loss");
        for (var i = 0; i < expected.Length; i++) Near.Check(expected[i], parameters[i].Value.grad!, 1e-5, 1e-5, parameters[i].Name);
    }

    [Theory]
    [InlineData(32_000, DeviceType.CPU, 524)]
    [InlineData(256_000, DeviceType.CPU, 128)]
    [InlineData(128_256, DeviceType.CUDA, 261)]
    public void Pieces_are_small_but_of_no_fewer_than_128_rows(long vocabulary, DeviceType device, long rows) =>
        Assert.Equal(rows, FusedLinearCrossEntropy.RowsAtOnce(vocabulary, device));

    [Fact]
    public void A_batch_without_labels_has_loss_zero_and_gradients_of_zero()
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create();
        using var adapters = TinyAdapters.Nested(model);
        var ids = TinyDecoder.Ids(2, 6);
        var loss = CausalLoss.Sum(model, ids, full_like(ids, TextBatch.Ignored));
        loss.backward();
        Assert.Equal(0, loss.item<float>());
        Assert.All(adapters.Trainable, parameter => Assert.Equal(0, parameter.Value.grad!.abs().max().item<float>()));
    }

    [Fact]
    public void A_micro_batch_counts_what_follows_a_prompt()
    {
        using var scope = NewDisposeScope();
        using var model = TinyDecoder.Create();
        using var noGradient = no_grad();
        using var batch = TextBatch.Of([new TokenizedExample([5, 6, 7, 8, 9], 2), new TokenizedExample([4, 3, 2], 1)], padId: 0);
        var rows = new[] { (Ids: new long[] { 5, 6, 7, 8, 9 }, Start: 2), (Ids: [4, 3, 2], Start: 1) };
        var expected = rows.Sum(row =>
        {
            var logarithms = model.Logits(model.Hidden(tensor(row.Ids).unsqueeze(0)))[0].log_softmax(-1);
            return Enumerable.Range(row.Start, row.Ids.Length - row.Start).Sum(t => -logarithms[t - 1, row.Ids[t]].item<float>());
        });
        Assert.Equal(5, batch.LabelledTokens);
        Assert.Equal(expected, CausalLoss.Sum(model, batch).item<float>(), 1e-4);
    }
}
