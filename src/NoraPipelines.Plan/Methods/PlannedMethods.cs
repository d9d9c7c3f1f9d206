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

    /// <summary>For the documentation of `adapter.rank`: whose rank it is, and what it means to some.</summary>
    public static string RankSentence =>
        $"The rank, for every method but {Listing.And(All.Where(method => method.Blank is { OneRank: null, TrainsModel: false }).Select(method => method.Name))}"
        + string.Concat(All.Where(method => method.RankMeans is not null).Select(method => $"; for {method.Name} {method.RankMeans}")) + ".";

    /// <summary>For the documentation of `adapter.start.path`: the folders that a method goes on from.</summary>
    public static string StartSentence
    {
        get
        {
            var others = string.Join("; ", All.Where(method => method.StartsFrom is not null).Select(method => $"{method.Name}'s: {method.StartsFrom}"));
            var nested = string.Join(", ", All.Where(method => method.StartsFromNested).Select(method => method.Name));
            return $"A folder in PEFT's form of the method{(others.Length > 0 ? $" ({others})" : "")}{(nested.Length > 0 ? $" or of nested factors ({nested})" : "")}"
                + ", or a run's, relative to the spec; it has the spec's ranks, targets and layers.";
        }
    }

    /// <summary>The method of a spec's word; null if there is none.</summary>
    public static PlannedMethod? Find(string name) => All.FirstOrDefault(method => method.Name == name);
}
