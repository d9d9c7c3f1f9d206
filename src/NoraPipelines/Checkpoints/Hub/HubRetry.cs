using System.Globalization;

namespace NoraPipelines.Checkpoints.Hub;

/// <summary>
/// Tries again what may pass: with longer and longer pauses, or after the time that the hub names; from the start again after a try that
/// got on.
/// </summary>
internal static class HubRetry
{
    public const int Tries = 5;
    private const int MostTries = 200;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(2);

    /// <param name="work">Returns whether it is done; false, and a failure that is <see cref="HubException.Unreachable"/>, lead to another try.</param>
    /// <param name="progress">How much is there by now: more than before makes the tries count anew.</param>
    /// <exception cref="HubException">It does not pass, or the hub names a time beyond <see cref="HubOptions.Patience"/>.</exception>
    public static async Task Run(HubClient client, Func<Task> work, Func<long> progress, CancellationToken stop)
    {
        var options = client.Options;
        var patience = options.Patience;
        var (failures, before) = (0, progress());
        for (var all = 1; ; all++)
        {
            try
            {
                await work();
                return;
            }
            catch (HubException problem) when (problem.Unreachable)
            {
                var now = progress();
                failures = now > before ? 1 : failures + 1;
                before = now;
                if (failures >= Tries || all >= MostTries) throw;
                var pause = options.FirstPause * Math.Pow(2, failures - 1);
                if (pause > LongestPause) pause = LongestPause;
                if (problem.RetryAfter is { } named && named > pause)
                {
                    var wait = string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(named.TotalSeconds):N0} seconds");
                    if (named > patience) throw new HubException($"{problem.Message} It asks to wait {wait}, which is more than the {options.Patience.TotalMinutes:0.#} minutes in all that this program waits.", problem) { Unreachable = true };
                    patience -= named;
                    pause = named;
                    client.Progress.Say($"{problem.Message} Waiting {wait}, as it asks.");
                }
                else if (pause >= LongestSilence)
                {
                    client.Progress.Say(string.Create(CultureInfo.InvariantCulture, $"{problem.Message} The next try is in {pause.TotalSeconds:N0} seconds."));
                }
                await options.Wait(pause, stop);
            }
        }
    }
}
