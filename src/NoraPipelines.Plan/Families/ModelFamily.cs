namespace NoraPipelines.Plans;

/// <summary>
/// What the spec, the checks and the generator need to know of a family of models; what depends on a model's numbers, its
/// <see cref="ModelShape"/> says. One class a family, a line each in <see cref="ModelFamilies"/>.
/// </summary>
public abstract class ModelFamily
{
    /// <summary>The words of `model.architecture` that it serves.</summary>
    public abstract IReadOnlyList<Architecture> Architectures { get; }

    /// <summary>The shapes that a spec's `model.preset` names.</summary>
    public abstract IReadOnlyList<(string Name, ModelShape Shape)> Presets { get; }

    /// <summary>Whether programs for it can be generated yet; without, it serves counts alone.</summary>
    public virtual bool HasPrograms => true;

    /// <summary>Whether its models continue texts.</summary>
    public virtual bool WritesText => false;

    /// <summary>Whether its models give a text a class.</summary>
    public virtual bool ClassifiesText => false;

    /// <summary>
    /// In place of a shape that a spec with errors does not have: projections by name, and room for every rank, layer and length.
    /// </summary>
    public abstract ModelShape StandIn(Architecture architecture);

    /// <summary>Keys of `model.shape` that mean nothing to an architecture, with the reason as a clause.</summary>
    public virtual IEnumerable<(string Reason, IReadOnlyList<string> Keys)> IdleShapeKeys(Architecture architecture) => [];

    /// <summary>Reads Hugging Face's config.json; null where the reader has found a problem.</summary>
    internal abstract ModelShape? Read(ConfigReader reader, Architecture architecture);
}
