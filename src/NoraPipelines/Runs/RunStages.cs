using NoraPipelines.Data;
using NoraPipelines.Evaluation;
using NoraPipelines.Runs.Progress;

namespace NoraPipelines.Runs;

/// <summary>
/// The stages of a run: how long each took, and the results of those that are done once in the run's life, so that a resumed run does not
/// do them again.
/// </summary>
public sealed class RunStages
{
    private readonly RunDirectory? _directory;
    private readonly IRunView _view;

    /// <param name="directory">Null: outside of a run, where nothing is kept.</param>
    internal RunStages(RunDirectory? directory, IRunView view)
    {
        (_directory, _view) = (directory, view);
        Clock = new RunClock(directory is null ? null : StageStore.Seconds(directory));
    }

    internal RunClock Clock { get; }

    /// <summary>The stage of <see cref="Once"/> that the program is in.</summary>
    internal string? Current { get; private set; }

    /// <summary>Runs a part of the program whose time the report shows under a name of its own.</summary>
    public T Measure<T>(string stage, Func<T> work)
    {
        using var _ = Clock.Enter(stage);
        return work();
    }

    /// <summary>
    /// Does a stage once in the run's life: its result is kept in stages/&lt;stage&gt;.json and read from there when the run is
    /// resumed. Time counts as the part of the name before its first hyphen: evaluate-before as evaluate.
    /// </summary>
    /// <param name="stage">Lower-case words with hyphens.</param>
    /// <param name="work">Gives a value that JSON can hold.</param>
    public T Once<T>(string stage, Func<T> work)
    {
        if (TryRead<T>(stage, out var stored)) return stored;
        var outer = Current;
        Current = stage;
        try
        {
            _view.Heading(Title(stage));
            var result = Measure(stage.Split('-')[0], work);
            if (result is Scores scores)
                _view.Say(string.Join(", ", scores.Values.Select(metric => $"{metric.Key} {Sizes.Number(metric.Value)}")));
            Write(stage, result);
            return result;
        }
        finally
        {
            Current = outer;
        }
    }

    /// <summary>The result of a stage that is done.</summary>
    internal bool TryRead<T>(string stage, out T result)
    {
        result = default!;
        return _directory is not null && StageStore.TryRead(_directory, stage, out result);
    }

    /// <summary>Keeps the result of a stage, which says that it is done.</summary>
    internal void Write<T>(string stage, T result)
    {
        if (_directory is not null) StageStore.Write(_directory, stage, result, Clock.Seconds);
    }

    /// <summary>Keeps the seconds that were spent so far.</summary>
    internal void WriteSeconds()
    {
        if (_directory is not null && !StageStore.TryWriteSeconds(_directory, Clock.Seconds))
            _view.Warn("The seconds spent so far could not be kept: after a stop, the run would count from the last ones that were.");
    }

    /// <summary>Keeps what became of the rows, beside what earlier processes of the run kept.</summary>
    internal void WriteData(IReadOnlyDictionary<string, EncodedRows> data)
    {
        if (_directory is not null) StageStore.WriteData(_directory, data);
    }

    private static string Title(string stage) => stage switch
    {
        "evaluate-before" => "Evaluation before training",
        "evaluate-after" => "Evaluation after training",
        _ => char.ToUpperInvariant(stage[0]) + stage[1..].Replace('-', ' '),
    };
}
