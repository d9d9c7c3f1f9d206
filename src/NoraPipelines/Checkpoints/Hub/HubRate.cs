using System.Globalization;

namespace NoraPipelines.Checkpoints.Hub;

/// <summary>How fast a download comes: one that never stops and never gets on is not waited for without end.</summary>
internal sealed class HubRate(HubOptions options)
{
    private DateTimeOffset _began = options.Now();
    private long _bytes;

    /// <summary>Counts bytes that came; a sentence where those of a whole window were too few.</summary>
    public string? TooSlow(int bytes)
    {
        _bytes += bytes;
        var seconds = (options.Now() - _began).TotalSeconds;
        if (seconds < options.RateWindow.TotalSeconds) return null;
        if (_bytes < options.LowestRate * seconds)
        {
            return string.Create(CultureInfo.InvariantCulture,
                $"the server sent {_bytes:N0} bytes in {seconds:N0} seconds, expected {options.LowestRate:N0} a second or more.");
        }
        (_began, _bytes) = (options.Now(), 0);
        return null;
    }
}
