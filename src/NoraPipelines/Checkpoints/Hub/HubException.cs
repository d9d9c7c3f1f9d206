namespace NoraPipelines.Checkpoints.Hub;

/// <summary>A repository or a file is not available from the hub; the message says what was asked for and what to do.</summary>
public sealed class HubException(string message, Exception? inner = null) : NoraException(message, inner)
{
    /// <summary>Whether the hub could not be reached at all, so that what is cached may serve.</summary>
    public bool Unreachable { get; init; }

    /// <summary>How long the hub asks to be left alone; null: it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
