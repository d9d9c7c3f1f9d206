namespace NoraPipelines.Plans;

public static partial class Keys
{
    /// <summary>What is trained. The keys of single methods are in Methods/.</summary>
    public static class Adapter
    {
        /// <summary>Methods of docs/method.md, section 5, whose programs are not in this version.</summary>
        private static readonly EquatableArray<string> LaterMethods = EquatableArray.Of("clip_lora");

        private static readonly KeyPart<AdapterPlan> Part = new(
            "adapter", new LoraPlan { Rank = 1, Alpha = 1 }, plan => plan.Adapter, (plan, adapter) => plan with { Adapter = adapter });

        internal static readonly SpecKey<string> Method = new("adapter.method", Kind.Text, PlannedMethods.Sentence)
        {
            Required = true,
            Decides = true,
            Words = PlannedMethods.All.Select(method => method.Name).ToEquatableArray(),
            Later = LaterMethods,
            Get = plan => plan.Adapter.Method,
            Set = (plan, word) => plan with { Adapter = PlannedMethods.Find(word)!.Blank },
        };

        internal static readonly SpecKey<string> Targets = OfAdapters(new SpecKey<string>(
            "adapter.targets", Kind.Text, "The projections that get an adapter, by name, or all-linear.")
        {
            Kinds = ValueKinds.List | ValueKinds.Text,
            Words = EquatableArray.Of("all-linear"),
            Minimum = 1,
            Distinct = true,
            ItemAt = index => Target(index),
        });

        internal static readonly SpecKey<int> First = new("adapter.layers.first", Kind.Whole, "How many layers, from the first.") { Minimum = 1 };

        internal static readonly SpecKey<int> Last = new("adapter.layers.last", Kind.Whole, "How many layers, ending with the last.") { Minimum = 1 };

        internal static readonly SpecKey<string> Layers = OfAdapters(new SpecKey<string>(
            "adapter.layers", Kind.Text, "The layers that get an adapter: all, a list counted from 0, { first: n } or { last: n }.")
        {
            Kinds = ValueKinds.Text | ValueKinds.List | ValueKinds.Mapping,
            Default = "all",
            Words = EquatableArray.Of("all"),
            Minimum = 1,
            Distinct = true,
            ItemAt = index => Layer(index),
            Keys = [First, Last],
            ExactlyOne = [First, Last],
        });

        internal static readonly SpecKey<int> Rank = Own(
            Part.Whole("rank", PlannedMethods.RankSentence, adapter => adapter.OneRank ?? 1,
                (adapter, rank) => adapter.OneRank is null ? adapter : adapter.WithRank(rank)!, minimum: 1) with
            { Default = null, LeftOut = plan => plan with { Adapter = plan.Adapter.WithoutGivenRank() } },
            adapter => adapter.OneRank is not null, adapter => adapter.NoRank);

        public static readonly SpecKey<string?> StartPath = Part.In("adapter.start").TextOrNone("path", PlannedMethods.StartSentence,
            adapter => adapter.Start, (adapter, path) => adapter with { Start = path }) with
        {
            Required = true,
            RunTime = true,
            IsPath = true,
            Obstacle = plan => plan.Adapter.Start is null ? "its adapter starts anew" : null,
        };

        internal static readonly SectionKey Start = OfAdapters(SectionKey.Of("adapter.start", "An adapter whose training continues, instead of a new one.", StartPath))
            .WithNoEffect(Method, plan => plan.Adapter.NoStart);

        internal static readonly SpecKey<double> Alpha = Own(
            Part.Positive("alpha", "The adapter's output is scaled by alpha / rank; left out: the rank, a scale of 1.",
                    adapter => adapter.Scaling ?? 1, (adapter, alpha) => adapter.WithScaling(alpha))
                .Derived(plan => plan.Adapter.ScalingRank),
            adapter => adapter.Scaling is not null, adapter => adapter.NoScaling);

        internal static readonly SpecKey<double> Dropout = OfAdapters(Part.Share("dropout", "Share of the adapter's inputs that are dropped in training.",
            adapter => adapter.Dropout, (adapter, dropout) => adapter with { Dropout = dropout }));

        /// <summary>Made when it is asked for: the methods' keys need those above.</summary>
        internal static SectionKey Section => SectionKey.Of("adapter", "What is trained.",
            [Method, Targets, Layers, Rank, .. PlannedMethods.All.SelectMany(method => method.Keys()), Start, Alpha, Dropout]) with
        { Required = true };

        internal static SpecKey<string> Target(int index) => new($"adapter.targets.{index}", Kind.Text,
            $"A projection of the model; {string.Join("; ", ModelFamilies.All.Where(family => family.HasPrograms).Select(Names))}.");

        internal static SpecKey<int> Layer(int index) => new($"adapter.layers.{index}", Kind.Whole, "A layer, counted from 0.") { Minimum = 0 };

        /// <summary>A key of some methods alone; of the others it says why it means nothing there.</summary>
        internal static T Own<T>(T key, Func<AdapterPlan, bool> owner, Func<AdapterPlan, string> reason) where T : SpecKey =>
            OfAdapters(key with { Owner = owner }).WithNoEffect(Method, plan => owner(plan.Adapter) ? null : reason(plan.Adapter));

        /// <summary>of roberta: query, key, value, …</summary>
        private static string Names(ModelFamily family) => $"of {string.Join(", ", family.Architectures.Select(Plans.Words.Of))}: "
            + string.Join(", ", family.StandIn(family.Architectures[0]).Projections.Select(projection => projection.Name));

        private static T OfAdapters<T>(T key) where T : SpecKey =>
            (key with { Owner = key.Owner ?? (adapter => !adapter.TrainsModel) })
                .WithNoEffect(Method, plan => plan.Adapter.TrainsModel ? $"method {plan.Adapter.Method} trains every weight and has no adapter" : null);
    }
}
