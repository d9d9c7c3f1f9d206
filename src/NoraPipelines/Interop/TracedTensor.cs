namespace NoraPipelines.Interop;

/// <summary>A tensor that a traced operator took or gave.</summary>
/// <param name="Strides">As many as dimensions.</param>
/// <param name="ElementSize">Bytes.</param>
/// <param name="Device">cpu, meta, cuda:0.</param>
internal sealed record TracedTensor(long[] Shape, long[] Strides, int ElementSize, string Device)
{
    /// <summary>Bytes that it stands for in memory: what is expanded counts once.</summary>
    public long Bytes => Shape.Zip(Strides).Aggregate((long)ElementSize, (bytes, dimension) => dimension.Second == 0 ? bytes : bytes * dimension.First);
}
