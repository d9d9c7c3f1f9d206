using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Spec;

internal static partial class SpecKeys
{
    private static SpecKey Training => Section("training", "The optimisation: how long, how fast, how often it is saved.",
        Positive("epochs", "Passes over the data; or give `steps`.") with { RunTime = true, Maximum = 1_000_000 },
        Whole("steps", "Optimizer steps; or give `epochs`.", 1) with { RunTime = true },
        Whole("batch", "Examples that an optimizer step learns from.", 1) with { Required = true, RunTime = true },
        Whole("micro_batch", "Rows that go through the model at once, an example each (with packing: several); divides batch. Left out: the batch.", 1) with { RunTime = true },
        Positive("learning_rate", "The peak rate.") with { Required = true, RunTime = true, Maximum = 10 },
        Section("schedule", "What the rate does over the steps.",
            Choice<ScheduleKind>("kind", "The fall after warm-up.", TrainingDefaults.Schedule),
            Number("warmup_ratio", "Share of the steps in which the rate rises from zero.", TrainingDefaults.WarmupRatio) with
            { Minimum = 0, Maximum = 1, BelowMaximum = true, RunTime = true }),
        Section("optimizer", "The optimizer and its numbers.",
            Choice("kind", "The optimizer.", "adamw", ["adamw"], []),
            Number("weight_decay", "Decoupled weight decay.", TrainingDefaults.WeightDecay) with { Minimum = 0, RunTime = true },
            Share("beta1", "Decay of the first moment.", TrainingDefaults.Beta1),
            Share("beta2", "Decay of the second moment.", TrainingDefaults.Beta2),
            Positive("epsilon", "Added to the root of the second moment.", TrainingDefaults.AdamEpsilon)),
        new SpecKey("clip_norm", ValueKinds.Number | ValueKinds.Text, "Largest norm of the whole gradient, or none.")
        {
            Default = Show(TrainingDefaults.ClipNorm),
            Minimum = 0,
            AboveMinimum = true,
            Words = EquatableArray.Of("none"),
            RunTime = true,
        },
        Switch("gradient_checkpointing", "Compute activations again in the backward pass instead of keeping them.",
            TrainingDefaults.GradientCheckpointing) with
        { RunTime = true },
        Section("checkpoint", "How often the training is saved, to go on after a stop.",
            Whole("every_steps", "Steps between two checkpoints; 0: only when stopped.", 0, TrainingDefaults.CheckpointEverySteps) with
            { RunTime = true },
            Whole("keep", "Checkpoints that are kept.", 1, TrainingDefaults.CheckpointKeep) with { RunTime = true }),
        new SpecKey("seeds", ValueKinds.List, "One run for each seed.")
        {
            Default = "[1]",
            Minimum = 1,
            RunTime = true,
            Item = Whole("", "A seed.", 0),
        });

    private static SpecKey Export => Section("export", "What is written after training, besides the nested factors themselves.",
        Switch("peft", "A standard LoRA folder that PEFT, vLLM and llama.cpp load; true but for method full.", ExportDefaults.Peft) with
        { RunTime = true },
        Switch("merged", "The whole model with the adapter folded into its weights.", ExportDefaults.Merged) with { RunTime = true });

    private static TrainingPlan TrainingDefaults { get; } = new() { Batch = 1, MicroBatch = 1, LearningRate = 1 };

    private static ExportPlan ExportDefaults { get; } = new();

    private static SpecKey Share(string name, string doc, double @default) =>
        Number(name, doc, @default) with { Minimum = 0, Maximum = 1, BelowMaximum = true };
}
