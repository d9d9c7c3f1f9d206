namespace NoraPipelines.Plans;

/// <summary>The families, a line each.</summary>
public static class ModelFamilies
{
    /// <summary>In the order in which messages list their architectures.</summary>
    public static IReadOnlyList<ModelFamily> All { get; } =
    [
        new LlamaFamily(),
        new RobertaFamily(),
        new BertFamily(),
        new ClipFamily(),
    ];

    /// <summary>Architectures whose config.json can be read.</summary>
    public static IReadOnlyList<Architecture> Served { get; } = [.. All.SelectMany(family => family.Architectures)];

    /// <summary>Architectures that a spec can name.</summary>
    public static IReadOnlyList<Architecture> Programs { get; } =
        [.. All.Where(family => family.HasPrograms).SelectMany(family => family.Architectures)];

    /// <summary>Architectures whose words are kept for later; a spec that names one is told so.</summary>
    public static IReadOnlyList<Architecture> Later { get; } = [.. Enum.GetValues(typeof(Architecture)).Cast<Architecture>().Except(Programs)];

    /// <exception cref="ArgumentOutOfRangeException">No family serves it.</exception>
    public static ModelFamily Of(Architecture architecture) => All.FirstOrDefault(family => family.Architectures.Contains(architecture))
        ?? throw new ArgumentOutOfRangeException(nameof(architecture), architecture, "is served by no family");

    /// <summary>The family of a shape.</summary>
    public static ModelFamily Of(ModelShape shape) => Of(shape.Architecture);

    /// <summary>For sentences, the architectures of which something is true: roberta or bert.</summary>
    internal static string Listed(Func<ModelFamily, bool> holds) =>
        Listing.Or(All.Where(family => family.HasPrograms && holds(family)).SelectMany(family => family.Architectures).Select(Words.Of));
}
