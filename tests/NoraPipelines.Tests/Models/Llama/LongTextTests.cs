using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Llama;

/// <summary>The reference files stop at 24 tokens; this goes on to hundreds, against a plain composition in float64.</summary>
public sealed class LongTextTests
{
    [Fact]
    public void Four_hundred_tokens_agree_with_a_plain_composition_in_float64()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var folder = new TemporaryFolder();
        File.Copy(GoldenFile.Path("llama2c-tiny/model.safetensors"), folder["model.safetensors"]);
        var config = JsonNode.Parse(File.ReadAllText(GoldenFile.Path("llama2c-tiny/config.json")))!;
        config["max_position_embeddings"] = 400;
        File.WriteAllText(folder["config.json"], config.ToJsonString());
        using var checkpoint = HuggingFaceCheckpoint.Open(folder.Path);
        var shape = checkpoint.ReadDecoderShape();
        using var model = LlamaModel.Load(checkpoint, shape, ScalarType.Float32, CPU);
        using var generator = new Generator(8, CPU);
        var ids = randint(shape.VocabularySize, [400], ScalarType.Int64, generator: generator);

        var expected = Plain(shape, name => checkpoint.Read(name).to(float64), ids);

        Near.Check(expected, model.Logits(model.Hidden(ids.unsqueeze(0)))[0], 2e-4, 1e-4, "logits");
    }

    /// <summary>ids [tokens] → logits [tokens, vocabulary].</summary>
    private static Tensor Plain(DecoderShape shape, Func<string, Tensor> weight, Tensor ids)
    {
        var (tokens, size, group) = (ids.shape[0], shape.HeadSize, shape.HeadCount / shape.KeyValueHeadCount);
        var pairs = arange(0, size, 2, ScalarType.Float64) / size;
        var angles = arange(tokens, ScalarType.Float64).unsqueeze(1) * (pairs * -Math.Log(shape.RopeTheta)).exp(); // [tokens, size / 2]
        var (cosine, sine) = (angles.cos().unsqueeze(1), angles.sin().unsqueeze(1));
        var future = ones([tokens, tokens], ScalarType.Bool).triu(1);

        Tensor Norm(Tensor x, string path) => x / (x.square().mean([-1L], true) + shape.NormEpsilon).sqrt() * weight($"{path}.weight");
        Tensor Linear(Tensor x, string path) => x.matmul(weight($"{path}.weight").t());
        Tensor Heads(Tensor x) => x.view(tokens, -1, size);
        Tensor Turn(Tensor x)
        {
            var (first, second) = (x.narrow(-1, 0, size / 2), x.narrow(-1, size / 2, size / 2));
            return cat([first * cosine - second * sine, second * cosine + first * sine], -1);
        }

        var x = weight("model.embed_tokens.weight")[ids];
        for (var layer = 0; layer < shape.LayerCount; layer++)
        {
            var path = $"model.layers.{layer}";
            var h = Norm(x, $"{path}.input_layernorm");
            var q = Turn(Heads(Linear(h, $"{path}.self_attn.q_proj")));
            var k = Turn(Heads(Linear(h, $"{path}.self_attn.k_proj")));
            var v = Heads(Linear(h, $"{path}.self_attn.v_proj"));
            var heads = Enumerable.Range(0, shape.HeadCount).Select(head =>
            {
                var scores = q.select(1, head).matmul(k.select(1, head / group).t()) / Math.Sqrt(size);
                return scores.masked_fill(future, double.NegativeInfinity).softmax(-1).matmul(v.select(1, head / group));
            });
            x = x + Linear(cat([.. heads], -1), $"{path}.self_attn.o_proj");
            h = Norm(x, $"{path}.post_attention_layernorm");
            var gate = Linear(h, $"{path}.mlp.gate_proj");
            x = x + Linear(gate * gate.sigmoid() * Linear(h, $"{path}.mlp.up_proj"), $"{path}.mlp.down_proj");
        }
        return Norm(x, "model.norm").matmul(weight("model.embed_tokens.weight").t());
    }
}
