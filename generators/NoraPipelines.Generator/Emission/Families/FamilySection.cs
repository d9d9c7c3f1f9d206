using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Families;

/// <summary>What a family of models puts into a program: its types, how it is loaded, what it reads and learns. One class a family.</summary>
internal abstract class FamilySection
{
    /// <summary>Namespaces of the family's own types.</summary>
    public abstract IReadOnlyList<string> Usings { get; }

    /// <summary>The model's type: LlamaModel.</summary>
    public abstract string ModelType { get; }

    /// <summary>What `Load` returns: LoadedTextModel&lt;LlamaModel>.</summary>
    public abstract string LoadedType { get; }

    /// <summary>Names in the program of what the loaded record holds, by its members: model = loaded.Model.</summary>
    public abstract IReadOnlyList<(string Name, string Member)> Parts { get; }

    /// <summary>The expression that reads the model from `checkpoint`.</summary>
    /// <param name="shape">The expression of its shape.</param>
    /// <param name="dtype">The expression of its dtype.</param>
    public abstract string Load(PipelinePlan plan, string shape, string dtype);

    /// <summary>The expression that draws the model from a seed.</summary>
    public abstract string Random(PipelinePlan plan, int seed, string dtype);

    /// <summary>The expression of the loaded record, of `model` and a folder.</summary>
    /// <param name="folder">The expression of the checkpoint's folder; null: weights from a seed.</param>
    public abstract string Loaded(PipelinePlan plan, string? folder);

    /// <summary>The loss of `micro`, summed over what it counts: CausalLoss.Sum(model, micro).</summary>
    public abstract string Loss { get; }

    /// <summary>The expression that makes batches of `examples`.</summary>
    public abstract string Collator(DatasetPlan dataset);

    /// <summary>The expression of what calibration runs through `model`.</summary>
    public abstract string Calibration { get; }

    /// <summary>The member of the model that trains in full beside adapters; null: none.</summary>
    public virtual string? Head => null;
}
