using NoraPipelines.Data;
using static TorchSharp.torch;

namespace NoraPipelines.Images;

/// <summary>A micro-batch in managed memory, 8 bits a value: a quarter of what its tensor takes.</summary>
internal sealed class PlanarImages : IPreparedBatch<ImageBatch>
{
    private const int Channels = 3;
    private readonly byte[] _values; // [rows, channels, size, size]
    private readonly long[] _labels; // [rows]
    private readonly int _size;
    private readonly PixelScale _scale;

    /// <param name="pictures">[size, size] each.</param>
    /// <param name="examples">Which examples they are.</param>
    public PlanarImages(IReadOnlyList<Picture> pictures, IReadOnlyList<int> labels, IReadOnlyList<int> examples, PixelScale scale)
    {
        (Examples, _scale, _size) = (examples, scale, pictures[0].Width);
        _labels = [.. labels.Select(label => (long)label)];
        var plane = _size * _size;
        _values = GC.AllocateUninitializedArray<byte>(checked(pictures.Count * Channels * plane));
        for (var row = 0; row < pictures.Count; row++)
        {
            var rgb = pictures[row].Rgb;
            for (var channel = 0; channel < Channels; channel++)
            {
                var target = _values.AsSpan((row * Channels + channel) * plane, plane);
                for (var pixel = 0; pixel < plane; pixel++) target[pixel] = rgb[Channels * pixel + channel];
            }
        }
    }

    public IReadOnlyList<int> Examples { get; }

    public int Weight => _labels.Length;

    /// <summary>Images.</summary>
    public int Tokens => _labels.Length;

    public ImageBatch ToDevice(Device device)
    {
        using var scope = NewDisposeScope();
        var values = tensor(_values, [_labels.Length, Channels, _size, _size], dtype: ScalarType.Byte).On(device); // [rows, channels, size, size]
        var mean = tensor(_scale.Mean, [Channels, 1, 1]).On(device); // [channels, 1, 1]
        var deviation = tensor(_scale.Deviation, [Channels, 1, 1]).On(device); // [channels, 1, 1]
        var pixels = values.to(ScalarType.Float32).div_(255f).sub_(mean).div_(deviation); // [rows, channels, size, size]
        return new ImageBatch(pixels.MoveToOuterDisposeScope(), tensor(_labels, dtype: ScalarType.Int64).On(device).MoveToOuterDisposeScope());
    }
}
