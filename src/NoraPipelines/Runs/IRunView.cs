using NoraPipelines.Checkpoints.Hub;
using NoraPipelines.Evaluation;
using NoraPipelines.Training;

namespace NoraPipelines.Runs;

/// <summary>
/// Whom a run tells what it does: a short narrative, warnings, and how far training, evaluations and downloads are. The command line draws it;
/// <see cref="SilentView"/> drops it.
/// </summary>
public interface IRunView
{
    /// <summary>A stage begins.</summary>
    void Heading(string text);

    /// <summary>A line of the narrative.</summary>
    void Say(string text);

    /// <summary>Something that the user should know, and that does not stop the run.</summary>
    void Warn(string text);

    /// <summary>Training begins; what is returned is shown every step, and disposed at the end.</summary>
    /// <param name="firstStep">Steps that earlier processes of the run have done.</param>
    ITrainingView Training(int steps, int firstStep);

    /// <summary>Shows how far one evaluation is, from now on.</summary>
    Action<EvaluationProgress> Evaluation();

    /// <summary>Shows how far <paramref name="work"/> is, which downloads.</summary>
    T Download<T>(Func<IHubProgress, T> work);
}

/// <summary>Training as a run shows it.</summary>
public interface ITrainingView : IDisposable
{
    void Show(StepReport step);
}
