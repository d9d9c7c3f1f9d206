using System.Diagnostics;
using NoraPipelines.Checkpoints.Hub;
using Spectre.Console;

namespace NoraPipelines.Cli.Terminal;

/// <summary>How far a download is: a bar on a terminal, elsewhere a plain line every few seconds.</summary>
internal sealed class DownloadView(RunView view, ProgressTask? bar = null) : IHubProgress
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private readonly Lock _lock = new();
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private long _all;
    private long _done;
    private TimeSpan _shown;

    public static T Run<T>(RunView view, Func<IHubProgress, T> work)
    {
        if (!view.IsTerminal) return work(new DownloadView(view));
        return view.Console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .Start(context => work(new DownloadView(view, context.AddTask("Loading from the hub", autoStart: true, maxValue: 1))));
    }

    public void Say(string text) => view.Say(text);

    public void Begin(int files, long bytes, long present)
    {
        lock (_lock)
        {
            _all += bytes;
            _done += present;
            if (bar is not null) bar.MaxValue = Math.Max(1, _all);
        }
        if (bar is null)
            view.Progress($"Loading {files} file{(files == 1 ? "" : "s")} from the hub, {Sizes.Bytes(bytes)}{(present > 0 ? $", of which {Sizes.Bytes(present)} are here" : "")}.");
    }

    public void Add(long bytes)
    {
        lock (_lock)
        {
            _done += bytes;
            if (bar is not null) bar.Value = _done;
            else if (_since.Elapsed - _shown >= Every)
            {
                _shown = _since.Elapsed;
                view.Progress($"{Sizes.Bytes(_done)} of {Sizes.Bytes(_all)}");
            }
        }
    }
}
