namespace NoraPipelines.Interop;

/// <summary>
/// What a process does where a tensor's memory is refused, as long as this is not disposed; the newest handler does it. libtorch's caller cannot
/// be told, so a handler must end the process.
/// </summary>
internal sealed class OutOfMemoryHandler : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly List<OutOfMemoryHandler> Handlers = [];
    private readonly Action<long> _handle;

    /// <param name="handle">Is given the bytes that were asked for, on whatever thread asked for them.</param>
    public OutOfMemoryHandler(Action<long> handle)
    {
        _handle = handle;
        lock (Gate) Handlers.Add(this);
    }

    /// <summary>Without a handler the process ends at once.</summary>
    internal static void Tell(long bytes)
    {
        OutOfMemoryHandler? newest;
        lock (Gate) newest = Handlers.LastOrDefault();
        if (newest is null) Environment.FailFast($"A tensor of {bytes} bytes was asked for, and there is no more memory.");
        newest._handle(bytes);
    }

    public void Dispose()
    {
        lock (Gate) Handlers.Remove(this);
    }
}
