namespace NoraPipelines.Images;

/// <summary>Numbers as torch's generator of the CPU draws them one at a time after <c>torch.manual_seed</c>, without a tensor.</summary>
/// <param name="seed">Its lower 32 bits, which are all that the generator takes.</param>
public sealed class TorchRandom(uint seed)
{
    private const int MantissaBits = 24;
    private readonly MersenneTwister _words = new(seed);

    /// <summary>A number of float32, least ≤ number &lt; most: <c>torch.empty(1).uniform_(least, most)</c>.</summary>
    /// <remarks>Rounded once, as libtorch's code for processors with AVX2 does.</remarks>
    public float Uniform(float least, float most) =>
        MathF.FusedMultiplyAdd((_words.Next() & ((1u << MantissaBits) - 1)) * (1f / (1u << MantissaBits)), most - least, least);

    /// <summary>A whole number, 0 ≤ number &lt; bound: <c>torch.randint(0, bound, (1,))</c>.</summary>
    public int Below(int bound) => (int)(_words.Next() % (uint)bound);
}
