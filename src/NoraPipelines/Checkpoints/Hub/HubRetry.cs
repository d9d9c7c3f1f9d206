namespace NoraPipelines.Checkpoints.Hub;

/// <summary>Tries again what may pass: with longer and longer pauses, from the start again after a try that got on.</summary>
internal static class HubRetry
{
    public const int Tries = 5;
    private const int MostTries = 200;

    /// <param name="work">Returns whether it is done; false, and a failure that is <see cref="HubException.Unreachable"/>, lead to another try.</param>
    /// <param name="progress">How much is there by now: more than before makes the tries count anew.</param>
    public static async Task Run(HubOptions options, Func<Task> work, Func<long> progress, CancellationToken stop)
    {
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
                await Task.Delay(pause < TimeSpan.FromSeconds(30) ? pause : TimeSpan.FromSeconds(30), stop);
            }
        }
    }
}
