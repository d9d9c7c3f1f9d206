using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>What one method puts into a program; one class a method.</summary>
internal abstract class MethodSection
{
    /// <summary>The method with its ranks, for sentences: DoRA 16.</summary>
    public abstract string Title { get; }

    /// <summary>The call that places an adapter, open at its end for more arguments: AddWeightDecomposed(layer.SelfAttention.QProj, rank: 16.</summary>
    public abstract string Call(string projection);

    /// <summary>What the start does, for the banner.</summary>
    public abstract string StartTitle { get; }

    /// <summary>The expression that starts the adapters and reports on it.</summary>
    public abstract string Start { get; }

    /// <summary>A line before the adapters are placed; null: none.</summary>
    public virtual string? BeforeAdapters => null;

    /// <summary>An argument that groups the optimizer's parameters; null: all learn alike.</summary>
    public virtual string? Groups => null;

    /// <summary>A line after the adapters are placed; null: none.</summary>
    public virtual string? AfterAdapters => null;

    /// <summary>Lines between the optimizer and the loop, and the name of what is saved with each checkpoint; null: nothing.</summary>
    public virtual (IReadOnlyList<string> Lines, string Name)? State => null;

    /// <summary>A line at the beginning of each step; null: none.</summary>
    public virtual string? BeforeStep => null;

    /// <summary>A line when the step's loss has gone backward; null: none.</summary>
    public virtual string? AfterBackward => null;

    /// <summary>A line after the optimizer's step, while the gradients are still there; null: none.</summary>
    public virtual string? AfterStep => null;

    /// <summary>Null for a method that has its emission elsewhere.</summary>
    public static MethodSection? Of(AdapterPlan adapter) => adapter switch
    {
        RsLoraPlan plan => new RsLoraSection(plan),
        LoraPlusPlan plan => new LoraPlusSection(plan),
        LoraFaPlan plan => new LoraFaSection(plan),
        DoraPlan plan => new DoraSection(plan),
        PissaPlan plan => new PissaSection(plan),
        VeraPlan plan => new VeraSection(plan),
        LokrPlan plan => new LokrSection(plan),
        AdaLoraPlan plan => new AdaLoraSection(plan),
        DyLoraPlan plan => new DyLoraSection(plan),
        _ => null,
    };

    protected static string Ranked(string method, string projection, int rank, double alpha) =>
        $"{method}({projection}, rank: {rank}, alpha: {CSharp.Number(alpha)}";
}
