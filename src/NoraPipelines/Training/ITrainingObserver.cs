using System.Text.Json.Nodes;

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
    /// <param name="state">What <see cref="State"/> put into the checkpoint that it goes on from; empty where there is none.</param>
    /// <exception cref="NoraException">What the observer kept is not what the checkpoint knows of it.</exception>
    void Begin(int firstStep, int steps, JsonObject state);

    /// <summary>A step is done.</summary>
    void Step(StepReport step);

    /// <summary>A checkpoint is about to be written: what it keeps for the observer; null: nothing.</summary>
    JsonObject? State();

    /// <summary>A checkpoint was written.</summary>
    void Saved();
}
