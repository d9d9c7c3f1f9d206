namespace NoraPipelines.Methods;

/// <summary>All methods, a line each.</summary>
public static class AdapterMethods
{
    public static IReadOnlyList<AdapterMethod> All { get; } =
    [
        new NoraMethod(),
        new LoraMethod(),
        new LoraXsMethod(),
        new RsLoraMethod(),
        new LoraPlusMethod(),
        new LoraFaMethod(),
        new DoraMethod(),
        new PissaMethod(),
        new VeraMethod(),
        new AdaLoraMethod(),
        new DyLoraMethod(),
        new LokrMethod(),
        new FullMethod(),
    ];

    /// <summary>The method of a name.</summary>
    /// <exception cref="NoraException">There is none of that name.</exception>
    public static AdapterMethod Of(string name) => All.FirstOrDefault(method => method.Name == name) ?? throw new NoraException(
        $"There is no method '{name}'; the methods are {string.Join(", ", All.Select(method => method.Name))}.");
}
