using NoraPipelines.Generation;
using NoraPipelines.Methods;
using NoraPipelines.Models.Llama;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Llama;

/// <summary>The decoder against transformers: every number the reference wrote down, at its own tolerances.</summary>
[Trait(TestDevice.Trait, TestDevice.Any)]
public sealed class GoldenDecoderTests
{
    public static TheoryData<string> Names => ["llama-tiny", "llama-tiny-rope-llama3", "mistral-tiny", "gemma-tiny"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Hidden_states_of_every_layer_and_logits_agree(string name)
    {
        using var golden = new GoldenDecoder(name);
        using var noGradient = no_grad();
        var states = Observe(golden.Model);
        var hidden = golden.Model.Hidden(golden.Input("input_ids"), golden.Mask);

        Assert.Equal(golden.Shape.LayerCount + 1, states.Count);
        for (var layer = 0; layer < states.Count; layer++)
            AtTokens(golden, golden.Output($"hidden_states.{layer}"), states[layer], $"hidden_states.{layer}");
        AtTokens(golden, golden.Output("logits"), golden.Model.Logits(hidden), "logits");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Right_padding_needs_no_mask(string name)
    {
        using var golden = new GoldenDecoder(name);
        using var noGradient = no_grad();
        AtTokens(golden, golden.Output("logits"), golden.Model.Logits(golden.Model.Hidden(golden.Input("input_ids"))), "logits");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Logits_of_left_padded_rows_agree_and_padding_is_finite(string name)
    {
        using var golden = new GoldenDecoder(name);
        using var noGradient = no_grad();
        var mask = golden.Input("leftpad.attention_mask").to(ScalarType.Bool);
        var hidden = golden.Model.Hidden(golden.Input("leftpad.input_ids"), mask, positions: golden.Input("leftpad.position_ids"));
        var logits = golden.Model.Logits(hidden);

        Assert.True(logits.isfinite().all().item<bool>());
        Near.Check(golden.Output("logits_leftpad")[mask], logits[mask], 2e-5, 1e-4, "logits_leftpad");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Loss_and_every_gradient_agree(string name)
    {
        using var golden = new GoldenDecoder(name);
        var parameters = golden.Model.TrainAllParameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        Tensor? embedded = null;
        golden.Model.HiddenObserver = (layer, x) =>
        {
            if (layer > 0) return;
            x.retain_grad();
            embedded = x.DetachFromDisposeScope();
        };
        var labels = golden.Input("labels");
        var labelled = labels.narrow(1, 1, labels.shape[1] - 1).ne(-100).sum().item<long>();
        using var loss = CausalLoss.Sum(golden.Model, golden.Input("input_ids"), labels) / labelled;
        loss.backward();

        Near.Check(golden.Output("loss").squeeze(), loss, 1e-5, 0, "loss");
        Assert.NotEmpty(golden.Gradients);
        foreach (var gradient in golden.Gradients)
            Near.Check(golden.Output($"grad.{gradient}"), parameters[gradient].grad!, 2e-5, 1e-3, gradient);
        // The reference's embeddings are those before Gemma's scaling.
        var beforeScaling = golden.Shape.ScaledEmbeddings ? Math.Sqrt(golden.Shape.HiddenSize) : 1;
        Near.Check(golden.Output("input_embeds_grad"), embedded!.grad! * beforeScaling, 2e-5, 1e-3, "input_embeds_grad");
        embedded.Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Greedy_continuation_agrees_to_the_token(string name)
    {
        using var golden = new GoldenDecoder(name);
        var ids = golden.Input("input_ids");
        int[][] prompts = [.. Enumerable.Range(0, 2).Select(row => Ids(ids[row].narrow(0, 0, 12)))];

        var found = TextGenerator.Greedy(golden.Model, prompts, maxNewTokens: 12, endId: null, padId: 0);

        for (var row = 0; row < 2; row++) Assert.Equal(Ids(golden.Output("greedy_ids")[row]), found[row]);
    }

    internal static int[] Ids(Tensor ids) => [.. ids.data<long>().Select(id => (int)id)];

    private static List<Tensor> Observe(LlamaModel model)
    {
        var states = new List<Tensor>();
        model.HiddenObserver = (_, x) => states.Add(x.alias().DetachFromDisposeScope());
        return states;
    }

    private static void AtTokens(GoldenDecoder golden, Tensor expected, Tensor actual, string name) =>
        Near.Check(expected[golden.Mask], actual[golden.Mask], 2e-5, 1e-4, name);
}
