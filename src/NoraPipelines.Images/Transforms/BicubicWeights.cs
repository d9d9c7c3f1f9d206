namespace NoraPipelines.Images;

/// <summary>
/// What each output pixel of one dimension takes of which input pixels: the cubic of a = −0.5, widened where the picture shrinks (antialias), as whole
/// numbers of 22 bits. After Pillow's <c>precompute_coeffs</c> and <c>normalize_coeffs_8bpc</c> (src/libImaging/Resample.c).
/// </summary>
internal sealed class BicubicWeights
{
    /// <summary>Bits after the point.</summary>
    public const int Bits = 32 - 8 - 2;

    private const double Support = 2;
    private readonly int[] _first;
    private readonly int[] _count;
    private readonly int[] _weights; // [outputs, _most]
    private readonly int _most;

    /// <param name="input">Pixels of the input.</param>
    /// <param name="output">Pixels that all of the input becomes.</param>
    /// <param name="start">First output pixel that is wanted.</param>
    /// <param name="count">How many are.</param>
    public BicubicWeights(int input, int output, int start, int count)
    {
        var scale = (double)input / output;
        var widened = Math.Max(scale, 1);
        var support = Support * widened;
        _most = (int)Math.Ceiling(support) * 2 + 1;
        (_first, _count, _weights) = (new int[count], new int[count], new int[count * _most]);
        var exact = new double[_most];
        for (var i = 0; i < count; i++)
        {
            var centre = (start + i + 0.5) * scale;
            var first = Math.Max(0, (int)(centre - support + 0.5));
            var taps = Math.Min(input, (int)(centre + support + 0.5)) - first;
            var sum = 0.0;
            for (var tap = 0; tap < taps; tap++) sum += exact[tap] = Cubic((tap + first - centre + 0.5) * (1 / widened));
            for (var tap = 0; tap < taps; tap++)
            {
                var weight = (sum != 0 ? exact[tap] / sum : exact[tap]) * (1 << Bits);
                _weights[i * _most + tap] = (int)(weight < 0 ? weight - 0.5 : weight + 0.5);
            }
            (_first[i], _count[i]) = (first, taps);
        }
    }

    /// <summary>The first input pixel of an output pixel, counted from the first that is wanted.</summary>
    public int First(int output) => _first[output];

    /// <summary>The weights of the input pixels from there on.</summary>
    public ReadOnlySpan<int> Of(int output) => _weights.AsSpan(output * _most, _count[output]);

    private static double Cubic(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }
}
