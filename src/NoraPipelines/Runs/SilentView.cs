using NoraPipelines.Checkpoints.Hub;
using NoraPipelines.Evaluation;
using NoraPipelines.Training;

namespace NoraPipelines.Runs;

/// <summary>Nobody watches.</summary>
public sealed class SilentView : IRunView, ITrainingView, IHubProgress
{
    private SilentView()
    {
    }

    public static SilentView Instance { get; } = new();

    public void Heading(string text)
    {
    }

    public void Say(string text)
    {
    }

    public void Warn(string text)
    {
    }

    public ITrainingView Training(int steps, int firstStep) => this;

    public Action<EvaluationProgress> Evaluation() => static _ => { };

    public T Download<T>(Func<IHubProgress, T> work) => work(this);

    public void Show(StepReport step)
    {
    }

    public void Begin(int files, long bytes, long present)
    {
    }

    public void Add(long bytes)
    {
    }

    public void Dispose()
    {
    }
}
