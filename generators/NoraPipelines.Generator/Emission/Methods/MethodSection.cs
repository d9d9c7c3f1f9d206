using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>What one method puts into a program: one class a method, found by its line in <see cref="MethodSections"/>.</summary>
internal abstract class MethodSection
{
    /// <summary>What trains, with where: DoRA 16 on 28 projections.</summary>
    public abstract string Trained(PipelinePlan whole);

    /// <summary>The sentence in the head of the program.</summary>
    /// <param name="total">Parameters of the model.</param>
    /// <param name="percent">How many of them train, in per cent.</param>
    public abstract string Summary(PipelinePlan whole, string total, string percent);

    /// <summary>The expression of all parameters that train.</summary>
    public abstract string Parameters { get; }

    /// <summary>The call that begins training.</summary>
    public abstract string StartTraining { get; }

    /// <summary>An argument that groups the optimizer's parameters; null: all learn alike.</summary>
    public virtual string? Groups => null;

    /// <summary>Lines between the optimizer and the loop.</summary>
    public virtual IReadOnlyList<string> BeforeTraining => [];

    /// <summary>A line at the beginning of each step; null: none.</summary>
    public virtual string? BeforeStep => null;

    /// <summary>A line when the step's loss has gone backward; null: none.</summary>
    public virtual string? AfterBackward => null;

    /// <summary>A line after the optimizer's step, while the gradients are still there; null: none.</summary>
    public virtual string? AfterStep => null;

    /// <summary>Gets what trains ready, and holds its number of parameters against the plan's.</summary>
    public abstract void WriteUse(CodeWriter code, PipelineUnit unit);

    /// <summary>The program's own method that places adapters, where the method has any.</summary>
    public virtual void WriteAdapt(CodeWriter code, PipelineUnit unit)
    {
    }

    /// <summary>Gives adapters their first values, where the method has any.</summary>
    public virtual void WriteStart(CodeWriter code, PipelineUnit unit)
    {
    }

    /// <summary>The arguments that say what was learned: the model, and the adapters where there are any.</summary>
    public abstract string Exported { get; }

    /// <summary>The number of parameters that are to train: a literal, but where a checkpoint may have another shape than the plan's.</summary>
    protected static string Expected(PipelinePlan whole) =>
        whole.Model.AcceptOtherShapes ? "run.Plan.Trainable" : CSharp.Number(whole.Trainable, grouped: true);
}
