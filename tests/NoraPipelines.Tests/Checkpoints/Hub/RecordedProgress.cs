using NoraPipelines.Checkpoints.Hub;

namespace NoraPipelines.Tests.Checkpoints.Hub;

internal sealed class RecordedProgress : IHubProgress
{
    private long _bytes;

    public List<string> Said { get; } = [];

    /// <summary>Bytes that came or were there, less those that were thrown away.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public void Say(string text)
    {
        lock (Said) Said.Add(text);
    }

    public void Begin(int files, long bytes, long present) => Add(present);

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
