using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Spec;

internal static partial class SpecKeys
{
    /// <summary>The methods of method.md section 5 whose programs are not in this version.</summary>
    private static readonly string[] LaterMethods =
        ["clip_lora"];

    private static SpecKey Adapter => Section("adapter", "What is trained.",
        Choice("method", "nora: nested low-rank adaptation; lora: the baseline; lora_xs: a square core between frozen factors of the SVD; "
            + BaselineMethods + "adalora: ranks that go where they matter; dylora: an adapter at every rank; full: every weight of the model.", null,
            ["nora", "lora", "lora_xs", .. BaselineNames, "adalora", "dylora", "full", .. LaterMethods], LaterMethods) with
        { Required = true },
        new SpecKey("targets", ValueKinds.List | ValueKinds.Text, "The projections that get an adapter, by name, or all-linear.")
        {
            Words = EquatableArray.Of("all-linear"),
            Minimum = 1,
            Item = Text("", "A projection of the model: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj or down_proj; of "
                + "roberta and bert: query, key, value, attention.output.dense, intermediate.dense or output.dense."),
        },
        new SpecKey("layers", ValueKinds.Text | ValueKinds.List | ValueKinds.Mapping,
            "The layers that get an adapter: all, a list counted from 0, { first: n } or { last: n }.")
        {
            Default = "all",
            Words = EquatableArray.Of("all"),
            Minimum = 1,
            Item = Whole("", "A layer, counted from 0.", 0),
            Keys = [Whole("first", "The first so many layers.", 1), Whole("last", "The last so many layers.", 1)],
        },
        Whole("rank", "The rank of every method but nora; of adalora that of the start.", 1),
        Budget,
        Whole("rank_at", "Method dylora: the rank at which the adapter is evaluated, exported and merged; left out: the rank.", 1) with { RunTime = true },
        RateRatio, InitialD, ProjectionSeed, Factor,
        Section("outer", "NoRA's frozen outer pair B [out, r] and A [r, in].",
            Whole("rank", "The outer rank r.", 1) with { Required = true },
            Choice<OuterInitialization>("init", "Where the outer pair comes from.", NoraDefaults.OuterInit),
            Choice<SigmaSide>("sigma", "Which factor carries the singular values.", NoraDefaults.Sigma),
            Choice<SvdKind>("svd", "How the singular triples are computed.", NoraDefaults.Svd),
            Whole("oversampling", "Columns that the randomized SVD works on beyond the rank.", 0, NoraDefaults.Oversampling, 1024),
            Whole("iterations", "Subspace iterations of the randomized SVD.", 0, NoraDefaults.Iterations, 100),
            Switch("trainable", "Whether the outer pair trains too, in float32.", NoraDefaults.OuterTrainable)),
        Section("inner", "NoRA's trainable inner pair B′ [r, r′] and A′ [r′, r].",
            Whole("rank", "The inner rank r′; structure adapter has none.", 1),
            Choice<InnerInitialization>("init", "How the inner pair starts.", NoraDefaults.InnerInit),
            Positive("std", "Standard deviation of the normal start; structure adapter: 0.001 where it is left out.", NoraDefaults.InnerStd) with { RunTime = true },
            Choice<InnerStructure>("structure", "serial: a pair is multiplied on; parallel: a pair is added to an outer factor; adapter: a square matrix is multiplied on.",
                NoraDefaults.Structure),
            Choice<InnerPosition>("position", "The outer factor that what trains belongs to: A, B, or each.", NoraDefaults.Position)),
        Section("start", "An adapter to go on training, instead of a new one.",
            Text("path", "A folder in PEFT's form of the method (pissa's: a LoRA of twice the rank) or of nested factors (nora, lora_xs), or a run's, relative to the spec; it has the spec's ranks, targets and layers.") with
            { Required = true, RunTime = true }),
        Positive("alpha", "The adapter's output is scaled by alpha / rank; left out: the rank, a scale of 1."),
        Share("dropout", "Share of the adapter's inputs that are dropped in training.", NoraDefaults.Dropout));

    private static SpecKey Calibration => Section("calibration", "How activations are measured for `outer.init: awsvd`.",
        Whole("samples", "Training examples that are observed.", 1, CalibrationDefaults.Samples) with { RunTime = true },
        Choice<ActivationStatistic>("statistic", "What is averaged per input channel.", CalibrationDefaults.Statistic) with
        { RunTime = true },
        Number("exponent", "Power of the statistic.", CalibrationDefaults.Exponent) with { RunTime = true, Minimum = 0, AboveMinimum = true, Maximum = 1 },
        Choice<ScalingKind>("scaling", "diagonal: one factor a channel; covariance: the whole second moment of the inputs.",
            CalibrationDefaults.Scaling));

    private static NoraPlan NoraDefaults { get; } = new() { OuterRank = 2, InnerRank = 1, Alpha = 2 };

    private static CalibrationPlan CalibrationDefaults { get; } = new();
}
