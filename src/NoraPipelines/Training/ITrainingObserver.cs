namespace NoraPipelines.Training;

/// <summary>
/// Follows a training: keeps its numbers, shows how far it is. All calls come from the training's own thread. Disposed once when training is
/// over: the last step is done, the run was stopped, or it failed.
/// </summary>
public interface ITrainingObserver : IDisposable
{
    /// <summary>Training begins.</summary>
    /// <param name="firstStep">Steps that earlier processes of the run have done.</param>
    /// <param name="steps">Optimizer steps of the whole run.</param>
    void Begin(int firstStep, int steps);

    /// <summary>A step is done.</summary>
    void Step(StepReport step);

    /// <summary>A checkpoint was written.</summary>
    void Saved();
}
