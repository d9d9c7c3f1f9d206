using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NoraPipelines.Images;

/// <summary>
/// Pillow's bicubic resampling with antialias, byte for byte: along rows first, rounded to 8 bits, then along columns. Libraries for pictures and torch's
/// <c>interpolate</c> differ from it by up to a hundred levels (tests/golden/clip-preprocess/README.md).
/// </summary>
public static class BicubicResampler
{
    /// <summary>A part of a picture at another size, or a window of that.</summary>
    /// <param name="box">What is resampled; what lies outside of it is not looked at. Null: all.</param>
    /// <param name="width">Pixels that the box's width becomes.</param>
    /// <param name="height">Pixels that the box's height becomes.</param>
    /// <param name="window">The part of the result that is computed. Null: all.</param>
    public static Picture Resize(Picture picture, PixelBox? box, int width, int height, PixelBox? window = null)
    {
        var part = box ?? new PixelBox(0, 0, picture.Width, picture.Height);
        var wanted = window ?? new PixelBox(0, 0, width, height);
        Inside(part, picture.Width, picture.Height, nameof(box));
        Inside(wanted, width, height, nameof(window));
        var columns = new BicubicWeights(part.Width, width, wanted.Left, wanted.Width);
        var rows = new BicubicWeights(part.Height, height, wanted.Top, wanted.Height);

        var firstRow = rows.First(0);
        var narrow = AlongRows(picture, part with { Top = part.Top + firstRow, Height = rows.First(wanted.Height - 1) + rows.Of(wanted.Height - 1).Length - firstRow }, columns, wanted.Width);
        return new Picture(wanted.Width, wanted.Height, AlongColumns(narrow, rows, firstRow, 3 * wanted.Width, wanted.Height));
    }

    // A pixel is four lanes of 32 bits, the fourth of which belongs to the next pixel and is dropped.
    private static byte[] AlongRows(Picture picture, PixelBox part, BicubicWeights weights, int width)
    {
        var narrow = GC.AllocateUninitializedArray<byte>(checked(3 * width * part.Height));
        for (var row = 0; row < part.Height; row++)
        {
            var source = picture.Rgb.AsSpan(3 * ((part.Top + row) * picture.Width + part.Left));
            var target = narrow.AsSpan(3 * row * width, 3 * width);
            for (var x = 0; x < width; x++)
            {
                var sum = Vector128.Create(1 << (BicubicWeights.Bits - 1));
                var at = 3 * weights.First(x);
                foreach (var weight in weights.Of(x))
                {
                    var pixel = at + 4 <= source.Length
                        ? MemoryMarshal.Read<uint>(source[at..])
                        : source[at] | (uint)source[at + 1] << 8 | (uint)source[at + 2] << 16;
                    var lanes = Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(pixel).AsByte())).AsInt32();
                    sum += lanes * weight;
                    at += 3;
                }
                (target[3 * x], target[3 * x + 1], target[3 * x + 2]) = (Clipped(sum[0]), Clipped(sum[1]), Clipped(sum[2]));
            }
        }
        return narrow;
    }

    // All values of a row have the same weights.
    private static byte[] AlongColumns(byte[] narrow, BicubicWeights weights, int firstRow, int stride, int height)
    {
        var result = GC.AllocateUninitializedArray<byte>(stride * height);
        var sums = new int[stride];
        for (var y = 0; y < height; y++)
        {
            Array.Fill(sums, 1 << (BicubicWeights.Bits - 1));
            var row = weights.First(y) - firstRow;
            foreach (var weight in weights.Of(y)) Add(narrow.AsSpan(stride * row++, stride), weight, sums);
            var target = result.AsSpan(stride * y, stride);
            for (var i = 0; i < target.Length; i++) target[i] = Clipped(sums[i]);
        }
        return result;
    }

    private static void Add(ReadOnlySpan<byte> values, int weight, Span<int> sums)
    {
        var i = 0;
        for (var lanes = Vector<int>.Count; i <= values.Length - 4 * lanes; i += 4 * lanes)
        {
            Vector.Widen(new Vector<byte>(values[i..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            Add(a, sums[i..]);
            Add(b, sums[(i + lanes)..]);
            Add(c, sums[(i + 2 * lanes)..]);
            Add(d, sums[(i + 3 * lanes)..]);
        }
        for (; i < values.Length; i++) sums[i] += values[i] * weight;

        void Add(Vector<uint> part, Span<int> to) => (new Vector<int>(to) + Vector.AsVectorInt32(part) * weight).CopyTo(to);
    }

    private static byte Clipped(int sum) => (byte)Math.Clamp(sum >> BicubicWeights.Bits, 0, 255);

    private static void Inside(PixelBox box, int width, int height, string name)
    {
        if (box.Left < 0 || box.Top < 0 || box.Width <= 0 || box.Height <= 0 || (long)box.Left + box.Width > width || (long)box.Top + box.Height > height)
            throw new ArgumentException($"{box} does not lie in {width} × {height} pixels.", name);
    }
}
