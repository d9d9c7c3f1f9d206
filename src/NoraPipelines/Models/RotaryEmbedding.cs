using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>
/// Rotary position embedding (Su et al. 2021) in Hugging Face's half-split layout: element j of a head turns with element
/// j + size/2. Frequencies are computed in float32 step by step as transformers computes them, so that long contexts agree to the bit.
/// </summary>
internal sealed class RotaryEmbedding : IDisposable
{
    private readonly Tensor _inverseFrequencies; // [headSize / 2] float32
    private readonly DecoderShape _shape;

    public RotaryEmbedding(DecoderShape shape, Device device)
    {
        _shape = shape;
        var frequencies = Frequencies(shape.HeadSize, (float)shape.RopeTheta);
        switch (shape.RopeScaling)
        {
            case RopeScaling.Linear linear:
                for (var pair = 0; pair < frequencies.Length; pair++) frequencies[pair] /= (float)linear.Factor;
                break;
            case RopeScaling.Llama3 scaling:
                Stretch(frequencies, scaling);
                break;
        }
        _inverseFrequencies = tensor(frequencies, device: device).DetachFromDisposeScope();
    }

    internal Tensor InverseFrequencies => _inverseFrequencies;

    /// <summary>1 / base^(2·pair / headSize).</summary>
    private static float[] Frequencies(int headSize, float @base) =>
        [.. Enumerable.Range(0, headSize / 2).Select(pair => 1f / MathF.Pow(@base, 2 * pair / (float)headSize))];

    /// <summary>
    /// The frequencies of a text by its own length, as transformers computes them for a text alone: neither padding nor what else is in the
    /// batch changes them. [rows, tokens, headSize / 2].
    /// </summary>
    private Tensor FrequenciesFor(long[,] lengths, RopeScaling.Dynamic dynamic)
    {
        var (rows, tokens, half) = (lengths.GetLength(0), lengths.GetLength(1), _shape.HeadSize / 2);
        var known = new Dictionary<long, float[]>();
        var all = new float[rows * tokens * half];
        for (var i = 0; i < rows * tokens; i++)
        {
            var length = Math.Max(lengths[i / tokens, i % tokens], dynamic.OriginalMaxPositions);
            if (!known.TryGetValue(length, out var frequencies)) known[length] = frequencies = Grown(length, dynamic);
            frequencies.CopyTo(all, i * half);
        }
        return tensor(all, [rows, tokens, half], device: _inverseFrequencies.device);
    }

    private float[] Grown(long length, RopeScaling.Dynamic dynamic)
    {
        var stretch = (float)dynamic.Factor * length / dynamic.OriginalMaxPositions - ((float)dynamic.Factor - 1);
        var grown = length <= dynamic.OriginalMaxPositions ? (float)_shape.RopeTheta
            : (float)_shape.RopeTheta * MathF.Pow(stretch, _shape.HeadSize / (float)(_shape.HeadSize - 2));
        return Frequencies(_shape.HeadSize, grown);
    }

    /// <summary>Positions [rows or 1, tokens] int64 → cosines and signed sines [rows or 1, 1, tokens, headSize] in dtype.</summary>
    /// <param name="lengths">Of the tokens' texts (<see cref="TextLengths"/>), for the kind dynamic; null: no text is longer than the first training's.</param>
    public RotaryAngles Angles(Tensor positions, ScalarType dtype, long[,]? lengths = null)
    {
        using var scope = NewDisposeScope();
        var frequencies = lengths is not null && _shape.RopeScaling is RopeScaling.Dynamic dynamic ? FrequenciesFor(lengths, dynamic) : _inverseFrequencies;
        var half = positions.to(ScalarType.Float32).unsqueeze(-1) * frequencies; // [rows, tokens, headSize / 2]
        var (cosine, sine) = (half.cos(), half.sin());
        return new RotaryAngles(
            cat([cosine, cosine], -1).to(dtype).unsqueeze(1).MoveToOuterDisposeScope(),
            cat([sine.neg(), sine], -1).to(dtype).unsqueeze(1).MoveToOuterDisposeScope());
    }

    public void Dispose() => _inverseFrequencies.Dispose();

    /// <summary>As transformers' _compute_llama3_parameters: long waves divided by the factor, short ones kept, others blended.</summary>
    private static void Stretch(float[] frequencies, RopeScaling.Llama3 scaling)
    {
        var (low, high) = ((float)scaling.LowFrequencyFactor, (float)scaling.HighFrequencyFactor);
        var longest = scaling.OriginalMaxPositions / low;
        var shortest = scaling.OriginalMaxPositions / high;
        for (var pair = 0; pair < frequencies.Length; pair++)
        {
            var frequency = frequencies[pair];
            var wave = 2 * MathF.PI / frequency;
            if (wave < shortest) continue;
            var divided = frequency / (float)scaling.Factor;
            var blend = (scaling.OriginalMaxPositions / wave - low) / (high - low);
            frequencies[pair] = wave > longest ? divided : (1 - blend) * divided + blend * frequency;
        }
    }
}

/// <summary>Cosines and sines of one forward pass; the first half of the sines is negative.</summary>
internal readonly record struct RotaryAngles(Tensor Cosine, Tensor SignedSine)
{
    /// <summary>Turns x [rows, heads, tokens, headSize].</summary>
    public Tensor Apply(Tensor x)
    {
        using var scope = NewDisposeScope();
        var swapped = x.roll(x.shape[^1] / 2, -1); // the halves change places; the sign is in the sine
        return addcmul(x * Cosine, swapped, SignedSine, 1).MoveToOuterDisposeScope();
    }
}
