using System.Diagnostics;
using NoraPipelines.Checkpoints.Hub;
using NoraPipelines.Evaluation;
using NoraPipelines.Plans;
using Spectre.Console;

namespace NoraPipelines.Cli.Terminal;

/// <summary>
/// What a run tells the person who watches it: a short narrative, tables, and the state of training. On a terminal training is
/// a live panel; elsewhere a plain line every few seconds.
/// </summary>
internal class RunView : IRunView
{
    public RunView(TextWriter writer, bool terminal, bool colors)
    {
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal && colors ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal && colors ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = terminal ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        Console.Pipeline.Attach(new ShownControls());
        IsTerminal = terminal && Console.Profile.Capabilities.Ansi;
        if (!terminal) Console.Profile.Width = 120;
    }

    public IAnsiConsole Console { get; }

    /// <summary>Whether lines may be drawn over.</summary>
    public bool IsTerminal { get; }

    /// <summary>A stage begins.</summary>
    public virtual void Heading(string text) => Console.Write(new Markup($"[bold deepskyblue3]▸ {Markup.Escape(text)}[/]{Environment.NewLine}"));

    /// <summary>A line of the narrative.</summary>
    public virtual void Say(string text) => Console.Write(new Text($"  {text}{Environment.NewLine}"));

    public ITrainingView Training(int steps, int firstStep) =>
        new TrainingView(this, steps, firstStep, static () => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency);

    public Action<EvaluationProgress> Evaluation() => EvaluationView.On(this).Show;

    public T Download<T>(Func<IHubProgress, T> work) => DownloadView.Run(this, work);

    /// <summary>How far something is, where lines are not drawn over.</summary>
    public virtual void Progress(string text) => Say(text);

    /// <summary>Something that the user should know, and that does not stop the run.</summary>
    public virtual void Warn(string text) => Console.Write(new Markup($"  [yellow]! {Markup.Escape(ShownText.Message(text))}[/]{Environment.NewLine}"));

    /// <summary>Draws over the line that the cursor is on, on a terminal; the cursor goes back to its start.</summary>
    public void Overwrite(string line) => Console.Profile.Out.Writer.Write($"\r{ShownText.Of(line)}\r");

    public virtual void Show(Spectre.Console.Rendering.IRenderable renderable)
    {
        Console.Write(new Padder(renderable, new Padding(2, 0, 0, 0)));
    }
}
