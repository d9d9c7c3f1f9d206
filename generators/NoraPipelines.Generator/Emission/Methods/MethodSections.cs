using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission.Methods;

/// <summary>The sections of all methods, a line each.</summary>
internal static class MethodSections
{
    private static readonly Dictionary<Type, Func<AdapterPlan, MethodSection>> ByPlan = new()
    {
        [typeof(NoraPlan)] = plan => new NoraSection((NoraPlan)plan),
        [typeof(LoraPlan)] = plan => new LoraSection((LoraPlan)plan),
        [typeof(LoraXsPlan)] = plan => new LoraXsSection((LoraXsPlan)plan),
        [typeof(RsLoraPlan)] = plan => new RsLoraSection((RsLoraPlan)plan),
        [typeof(LoraPlusPlan)] = plan => new LoraPlusSection((LoraPlusPlan)plan),
        [typeof(LoraFaPlan)] = plan => new LoraFaSection((LoraFaPlan)plan),
        [typeof(DoraPlan)] = plan => new DoraSection((DoraPlan)plan),
        [typeof(PissaPlan)] = plan => new PissaSection((PissaPlan)plan),
        [typeof(VeraPlan)] = plan => new VeraSection((VeraPlan)plan),
        [typeof(AdaLoraPlan)] = plan => new AdaLoraSection((AdaLoraPlan)plan),
        [typeof(DyLoraPlan)] = plan => new DyLoraSection((DyLoraPlan)plan),
        [typeof(LokrPlan)] = plan => new LokrSection((LokrPlan)plan),
        [typeof(FullPlan)] = _ => new FullSection(),
    };

    /// <summary>The plans that have a section.</summary>
    public static IReadOnlyCollection<Type> Plans => ByPlan.Keys;

    /// <exception cref="ArgumentOutOfRangeException">The method has no section.</exception>
    public static MethodSection Of(AdapterPlan plan) => ByPlan.TryGetValue(plan.GetType(), out var section)
        ? section(plan)
        : throw new ArgumentOutOfRangeException(nameof(plan), plan.Method, "has no section");
}
