namespace NoraPipelines.Plans;

/// <summary>Every method, in the order of the documents. A new one is a line here and a folder.</summary>
internal static class PlannedMethods
{
    public static IReadOnlyList<PlannedMethod> All { get; } =
    [
        NoraPlan.Described,
        LoraPlan.Described,
        LoraXsPlan.Described,
        RsLoraPlan.Described,
        LoraPlusPlan.Described,
        LoraFaPlan.Described,
        DoraPlan.Described,
        PissaPlan.Described,
        VeraPlan.Described,
        LokrPlan.Described,
        AdaLoraPlan.Described,
        DyLoraPlan.Described,
        FullPlan.Described,
    ];

    /// <summary>What each method does, for the documentation of `adapter.method`.</summary>
    public static string Sentence => string.Join("; ", All.Select(method => $"{method.Name}: {method.Sentence}")) + ".";

    /// <summary>The method of a spec's word; null if there is none.</summary>
    public static PlannedMethod? Find(string name) => All.FirstOrDefault(method => method.Name == name);
}
