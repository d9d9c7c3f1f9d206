using NoraPipelines.Generation;
using NoraPipelines.Methods;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Llama;

/// <summary>The decoder against llama2.c's model.py, an implementation independent of transformers.</summary>
public sealed class Llama2cTests
{
    [Fact]
    public void Logits_loss_and_gradients_agree()
    {
        using var golden = new GoldenDecoder("llama2c-tiny");
        var parameters = golden.Model.TrainAllParameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        var hidden = golden.Model.Hidden(golden.Input("tokens"));
        Near.Check(golden.Output("logits"), golden.Model.Logits(hidden), 2e-5, 1e-4, "logits");

        // llama2.c's targets are shifted already and −1 means none.
        var targets = golden.Input("targets").flatten();
        var labelled = targets.ge(0).nonzero().squeeze(-1);
        var states = hidden.flatten(0, 1).index_select(0, labelled);
        var loss = FusedLinearCrossEntropy.Sum(states, golden.Model.Head, targets.index_select(0, labelled)) / labelled.numel();
        loss.backward();

        Near.Check(golden.Output("loss").squeeze(), loss, 1e-5, 0, "loss");
        Assert.NotEmpty(golden.Gradients);
        foreach (var name in golden.Gradients)
        {
            var expected = golden.Output($"grad.{name}");
            var heads = name.Contains(".wq.") ? golden.Shape.HeadCount : name.Contains(".wk.") ? golden.Shape.KeyValueHeadCount : 0;
            if (heads > 0) expected = HalfSplit(expected, heads);
            Near.Check(expected, parameters[HuggingFaceName(name)].grad!, 2e-5, 1e-3, name);
        }
    }

    [Fact]
    public void Greedy_continuation_agrees_to_the_token()
    {
        using var golden = new GoldenDecoder("llama2c-tiny");
        var expected = GoldenDecoderTests.Ids(golden.Output("greedy_ids")[0]);
        var found = TextGenerator.Greedy(golden.Model, [expected[..4]], maxNewTokens: 16, endId: null, padId: 0);
        Assert.Equal(expected[4..], found[0]);
    }

    /// <summary>Rows of interleaved pairs (2j, 2j + 1) → Hugging Face's halves (j, j + size/2).</summary>
    private static Tensor HalfSplit(Tensor weight, int heads) =>
        weight.view(heads, weight.shape[0] / heads / 2, 2, weight.shape[1]).transpose(1, 2).reshape(weight.shape);

    private static string HuggingFaceName(string name) => name switch
    {
        "tok_embeddings.weight" or "output.weight" => "model.embed_tokens.weight",
        "norm.weight" => "model.norm.weight",
        _ => "model." + name
            .Replace("attention_norm", "input_layernorm").Replace("ffn_norm", "post_attention_layernorm")
            .Replace("attention.wq", "self_attn.q_proj").Replace("attention.wk", "self_attn.k_proj")
            .Replace("attention.wv", "self_attn.v_proj").Replace("attention.wo", "self_attn.o_proj")
            .Replace("feed_forward.w1", "mlp.gate_proj").Replace("feed_forward.w2", "mlp.down_proj")
            .Replace("feed_forward.w3", "mlp.up_proj"),
    };
}
