using NoraPipelines.Evaluation;
using NoraPipelines.Plans;

namespace NoraPipelines.Runs;

/// <summary>A training program, whatever its model; programs derive from <see cref="Pipeline{TLoaded}"/>.</summary>
public abstract class Pipeline
{
    private protected Pipeline()
    {
    }

    /// <summary>What the program was generated from, before a run's settings.</summary>
    public abstract PipelinePlan Plan { get; }

    /// <summary>The spec's path in its project, with forward slashes; relative paths of the plan start in its folder.</summary>
    public abstract string SpecFile { get; }

    /// <summary>Trains, evaluates and exports; ends with <see cref="RunResult.Complete"/>.</summary>
    protected internal abstract RunReport Execute(RunContext run);

    /// <summary>Loads the base model and what belongs to it, for `evaluate`, `generate` and `merge`; the caller disposes.</summary>
    internal abstract LoadedModel LoadModel(RunContext run);

    /// <summary>Scores a model of <see cref="LoadModel"/>, with whatever adapters are on it, by every task of the plan.</summary>
    internal abstract Scores Score(RunContext run, LoadedModel loaded);
}
