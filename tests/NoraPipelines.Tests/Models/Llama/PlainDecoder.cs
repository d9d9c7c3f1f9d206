using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;

namespace NoraPipelines.Tests.Models.Llama;

/// <summary>
/// The decoder as its equations say it, in float64 with plain loops, one token and one head at a time: what a model is compared with
/// where no reference file is there. Shares no code with the library.
/// </summary>
internal sealed class PlainDecoder
{
    private readonly DecoderShape _shape;
    private readonly Dictionary<string, (double[] Values, int Columns)> _weights;
    private int _tokens;
    private int? _window;

    public PlainDecoder(LlamaModel model)
    {
        _shape = model.Shape;
        _weights = model.Parameters.ToDictionary(
            parameter => parameter.Name,
            parameter => (parameter.Value.to(TorchSharp.torch.ScalarType.Float64).data<double>().ToArray(), (int)parameter.Value.shape[^1]));
    }

    /// <summary>Adds to one weight.</summary>
    public void Nudge(string name, int index, double by) => _weights[name].Values[index] += by;

    /// <summary>−Σ log p(next token), over all tokens but the first.</summary>
    public double Loss(int[] ids)
    {
        var logits = Logits(ids);
        return Enumerable.Range(1, ids.Length - 1).Sum(t => Math.Log(logits[t - 1].Sum(Math.Exp)) - logits[t - 1][ids[t]]);
    }

    /// <summary>[tokens][vocabulary].</summary>
    public double[][] Logits(int[] ids)
    {
        var embeddings = _weights["model.embed_tokens.weight"];
        var scale = _shape.ScaledEmbeddings ? Math.Sqrt(_shape.HiddenSize) : 1;
        var x = ids.Select(id => embeddings.Values[(id * _shape.HiddenSize)..((id + 1) * _shape.HiddenSize)].Select(value => value * scale).ToArray()).ToArray();
        _tokens = ids.Length;
        for (var layer = 0; layer < _shape.LayerCount; layer++)
        {
            _window = _shape.FullAttentionLayers.Contains(layer) ? null : _shape.SlidingWindow;
            Layer(x, $"model.layers.{layer}");
        }
        return [.. x.Select(row => Linear(Norm(row, "model.norm"), _weights.ContainsKey("lm_head.weight") ? "lm_head" : "model.embed_tokens"))];
    }

    private void Layer(double[][] x, string path)
    {
        var normed = x.Select(row => Norm(row, $"{path}.input_layernorm")).ToArray();
        var q = normed.Select((row, t) => Heads(Linear(row, $"{path}.self_attn.q_proj"), $"{path}.self_attn.q_norm", t)).ToArray();
        var k = normed.Select((row, t) => Heads(Linear(row, $"{path}.self_attn.k_proj"), $"{path}.self_attn.k_norm", t)).ToArray();
        var v = normed.Select(row => Linear(row, $"{path}.self_attn.v_proj").Chunk(_shape.HeadSize).ToArray()).ToArray();
        for (var t = 0; t < x.Length; t++)
        {
            Add(x[t], Linear([.. Enumerable.Range(0, _shape.HeadCount).SelectMany(head => Attend(q, k, v, head, t))], $"{path}.self_attn.o_proj"));
        }
        foreach (var row in x)
        {
            var h = Norm(row, $"{path}.post_attention_layernorm");
            var gated = Linear(h, $"{path}.mlp.gate_proj").Zip(Linear(h, $"{path}.mlp.up_proj"), (gate, up) => Act(gate) * up);
            Add(row, Linear([.. gated], $"{path}.mlp.down_proj"));
        }
    }

    private double[] Attend(double[][][] q, double[][][] k, double[][][] v, int head, int t)
    {
        var group = head / (_shape.HeadCount / _shape.KeyValueHeadCount);
        var first = Math.Max(0, t + 1 - (_window ?? int.MaxValue));
        var scores = Enumerable.Range(first, t + 1 - first)
            .Select(s => Math.Exp(q[t][head].Zip(k[s][group], (a, b) => a * b).Sum() / Math.Sqrt(_shape.HeadSize))).ToArray();
        var mixed = new double[_shape.HeadSize];
        for (var s = 0; s < scores.Length; s++)
        {
            for (var i = 0; i < mixed.Length; i++) mixed[i] += scores[s] / scores.Sum() * v[first + s][group][i];
        }
        return mixed;
    }

    /// <summary>Heads of one token, normed where the family does so, turned by its position.</summary>
    private double[][] Heads(double[] row, string norm, int position) =>
        [.. row.Chunk(_shape.HeadSize).Select(head => Turn(_weights.ContainsKey($"{norm}.weight") ? Norm(head, norm) : head, position))];

    private double[] Turn(double[] head, int position)
    {
        var (half, turned) = (head.Length / 2, new double[head.Length]);
        for (var i = 0; i < half; i++)
        {
            var angle = position * Frequency(i, head.Length);
            turned[i] = head[i] * Math.Cos(angle) - head[i + half] * Math.Sin(angle);
            turned[i + half] = head[i + half] * Math.Cos(angle) + head[i] * Math.Sin(angle);
        }
        return turned;
    }

    private double Frequency(int pair, int size)
    {
        var frequency = Math.Pow(_shape.RopeTheta, -2.0 * pair / size);
        switch (_shape.RopeScaling)
        {
            case RopeScaling.Linear linear:
                return frequency / linear.Factor;
            case RopeScaling.Dynamic dynamic when _tokens > dynamic.OriginalMaxPositions:
                var stretch = dynamic.Factor * _tokens / dynamic.OriginalMaxPositions - (dynamic.Factor - 1);
                return Math.Pow(_shape.RopeTheta * Math.Pow(stretch, size / (size - 2.0)), -2.0 * pair / size);
            case RopeScaling.Llama3 llama3:
                var turns = llama3.OriginalMaxPositions * frequency / (2 * Math.PI); // in the text of the first training
                if (turns < llama3.LowFrequencyFactor) return frequency / llama3.Factor;
                if (turns > llama3.HighFrequencyFactor) return frequency;
                var blend = (turns - llama3.LowFrequencyFactor) / (llama3.HighFrequencyFactor - llama3.LowFrequencyFactor);
                return frequency * (blend + (1 - blend) / llama3.Factor);
            default:
                return frequency;
        }
    }

    private double Act(double x) => _shape.Activation switch
    {
        GateActivation.Silu => x / (1 + Math.Exp(-x)),
        GateActivation.GeluTanh => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
        GateActivation.Gelu => x * Normal(x),
        _ => Math.Max(0, x),
    };

    /// <summary>The normal distribution's share below x, by Simpson's rule.</summary>
    private static double Normal(double x)
    {
        const int Steps = 400;
        var sum = 0.0;
        for (var i = 0; i <= Steps; i++)
        {
            var t = x * i / Steps;
            sum += Math.Exp(-t * t / 2) * (i is 0 or Steps ? 1 : i % 2 == 0 ? 2 : 4);
        }
        return 0.5 + sum * x / Steps / 3 / Math.Sqrt(2 * Math.PI);
    }

    private double[] Norm(double[] row, string path)
    {
        var root = Math.Sqrt(row.Sum(value => value * value) / row.Length + _shape.NormEpsilon);
        return [.. row.Zip(_weights[$"{path}.weight"].Values, (value, gain) => value / root * (gain + (_shape.NormAddsOne ? 1 : 0)))];
    }

    private double[] Linear(double[] row, string path)
    {
        var (weight, columns) = _weights[$"{path}.weight"];
        var result = new double[weight.Length / columns];
        for (var i = 0; i < result.Length; i++)
        {
            for (var j = 0; j < columns; j++) result[i] += weight[i * columns + j] * row[j];
        }
        if (_weights.TryGetValue($"{path}.bias", out var bias)) Add(result, bias.Values);
        return result;
    }

    private static void Add(double[] to, double[] values)
    {
        for (var i = 0; i < to.Length; i++) to[i] += values[i];
    }
}
