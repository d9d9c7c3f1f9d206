using NoraPipelines.Evaluation;

namespace NoraPipelines.Runs;

/// <summary>A training program. The generator writes one class for each spec; one can be written by hand as well.</summary>
/// <typeparam name="TLoaded">Its model, and what belongs to it.</typeparam>
public abstract class Pipeline<TLoaded> : Pipeline
    where TLoaded : LoadedModel
{
    /// <summary>Loads the base model and what belongs to it, for every verb that needs them; the caller disposes.</summary>
    protected internal abstract TLoaded Load(RunContext run);

    /// <summary>Scores the model, with whatever adapters are on it, by every task of the plan.</summary>
    protected internal abstract Scores Evaluate(RunContext run, TLoaded loaded);

    internal sealed override LoadedModel LoadModel(RunContext run) => Load(run);

    internal sealed override Scores Score(RunContext run, LoadedModel loaded) => Evaluate(run, (TLoaded)loaded);
}
