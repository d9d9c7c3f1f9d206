using NoraPipelines.Export;
using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>
/// What runs and exports ask of a method, whatever it is. A method is a folder beside this file with a class derived from this one, and one
/// line in <see cref="AdapterMethods"/>.
/// </summary>
public abstract class AdapterMethod
{
    private protected AdapterMethod()
    {
    }

    /// <summary>The spec's `adapter.method`, and the <see cref="Adapter.Method"/> of its adapters.</summary>
    public abstract string Name { get; }

    /// <summary>The method's own form in PEFT's files; null: it has none but the plain LoRA that its adapters fold to.</summary>
    internal virtual PeftForm? PeftForm => null;

    /// <summary>
    /// Whether the own form is what a run exports as its adapter, because no plain LoRA equals it, or only one of a much higher rank. Otherwise
    /// the own form is written beside the plain LoRA.
    /// </summary>
    internal virtual bool ReplacesPlainLora => false;

    /// <summary>How its adapters stand in a folder of nested factors; null: they have no outer pair.</summary>
    internal virtual NestedForm? NestedForm => null;

    /// <summary>The form of folder from which its adapters go on training.</summary>
    internal virtual StartSource GoesOnFrom => StartSource.PlainLora;

    /// <summary>Outer and inner rank for summaries; a method with a single rank has it as the outer one.</summary>
    internal virtual (int? Outer, int? Inner) Ranks(AdapterPlan plan) => (plan.OneRank, null);

    /// <summary>The rank that training left to each projection, by path; null where no rank changes.</summary>
    internal virtual IReadOnlyDictionary<string, int>? KeptRanks(AdapterSet adapters) => null;

    /// <summary>Places the plan's adapters where a generated program places them, without giving them values.</summary>
    /// <param name="targets">Of a model; none where the plan trains the model itself.</param>
    internal abstract void Place(AdapterSet adapters, IReadOnlyList<LinearProjection> targets, AdapterPlan plan);

    /// <summary>What the method does in a step beside the loss, its gradient and the optimizer; null: nothing. The caller disposes.</summary>
    internal virtual MethodStep? StepOf(AdapterSet adapters, AdapterPlan plan) => null;

    /// <summary>Adapters that were loaded from a folder, as `evaluate`, `generate` and `merge` use them.</summary>
    /// <param name="loaded">The new set takes its place on the model where it is another one.</param>
    /// <param name="plan">With the settings of this call in it.</param>
    /// <param name="isGiven">Whether a key was set for this call rather than planned.</param>
    internal virtual AdapterSet Loaded(IAdaptableModel model, AdapterSet loaded, AdapterPlan plan, Func<SpecKey, bool> isGiven) => loaded;
}
