using NoraPipelines.Evaluation;
using NoraPipelines.Plans;

namespace NoraPipelines.Runs;

/// <summary>A training program. The generator writes one class for each spec; one can be written by hand as well.</summary>
public abstract class Pipeline
{
    /// <summary>What the program was generated from, before a run's settings.</summary>
    public abstract PipelinePlan Plan { get; }

    /// <summary>The spec's path in its project, with forward slashes; relative paths of the plan start in its folder.</summary>
    public abstract string SpecFile { get; }

    /// <summary>Trains, evaluates and exports; ends with <see cref="RunContext.Complete"/>.</summary>
    protected internal abstract RunReport Execute(RunContext run);

    /// <summary>Loads the base model and its tokenizer, for `evaluate`, `generate` and `merge`; the caller disposes.</summary>
    protected internal abstract LoadedModel Load(RunContext run);

    /// <summary>Scores the model, with whatever adapters are on it, by every task of the plan.</summary>
    protected internal abstract Scores Evaluate(RunContext run, LoadedModel loaded);
}
