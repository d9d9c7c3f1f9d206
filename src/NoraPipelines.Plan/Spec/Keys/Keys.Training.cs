namespace NoraPipelines.Plans;

public static partial class Keys
{
    /// <summary>The optimisation: how long, how fast, how often it is saved.</summary>
    public static class Training
    {
        private static readonly KeyPart<TrainingPlan> Part = new(
            "training", new TrainingPlan { Batch = 1, MicroBatch = 1, LearningRate = 1 },
            plan => plan.Training, (plan, training) => plan with { Training = training });

        public static readonly SpecKey<double?> Epochs = Part.Key("epochs", Kind.NumberOrNone, "Passes over the data; or give `steps`.",
            training => training.Epochs, (training, epochs) => training with { Epochs = epochs, Steps = null }) with
        { RunTime = true, Minimum = 0, AboveMinimum = true, Maximum = 1_000_000 };

        public static readonly SpecKey<int?> Steps = Part.WholeOrNone("steps", "Optimizer steps; or give `epochs`.",
            training => training.Steps, (training, steps) => training with { Steps = steps, Epochs = null }, minimum: 1) with
        { RunTime = true };

        public static readonly SpecKey<int> Batch = Part.Whole("batch", "Examples that an optimizer step learns from.",
            training => training.Batch, (training, batch) => training with
            {
                Batch = batch,
                MicroBatch = training.MicroBatch == training.Batch ? batch : training.MicroBatch, // one that was left out stays the batch
            }, minimum: 1) with
        {
            Required = true,
            RunTime = true,
            Default = null,
            // Where the batch was refused, the micro-batch stands for both.
            LeftOut = plan => plan with { Training = plan.Training with { Batch = plan.Training.MicroBatch } },
        };

        public static readonly SpecKey<int> MicroBatch = Part.Whole("micro_batch",
            "Rows that go through the model at once, an example each (with packing: several); divides batch. Left out: the batch.",
            training => training.MicroBatch, (training, rows) => training with { MicroBatch = rows }, minimum: 1).Derived(plan => plan.Training.Batch) with
        { RunTime = true };

        public static readonly SpecKey<double> LearningRate = Part.Positive("learning_rate", "The peak rate.",
            training => training.LearningRate, (training, rate) => training with { LearningRate = rate }) with
        { Required = true, RunTime = true, Maximum = 10, Default = null };

        internal static readonly SpecKey<string> Schedule = Part.In("training.schedule").Text("kind",
            $"What the rate does after warm-up; {SchedulePlans.Sentence}",
            training => training.Schedule.Kind, (training, kind) => training with { Schedule = SchedulePlans.Of(kind) }) with
        { Decides = true, Words = SchedulePlans.All.Select(schedule => schedule.Kind).ToEquatableArray() };

        public static readonly SpecKey<double> WarmupRatio = new ScheduleKeys<SchedulePlan>(new CosineSchedulePlan()).Part.Share("warmup_ratio",
            "Share of the steps in which the rate rises from zero.",
            schedule => schedule.WarmupRatio, (schedule, share) => schedule with { WarmupRatio = share }) with
        { RunTime = true };

        public static readonly SpecKey<double> WeightDecay = Part.In("training.optimizer").Number("weight_decay", "Decoupled weight decay.",
            training => training.WeightDecay, (training, decay) => training with { WeightDecay = decay }) with
        { Minimum = 0, RunTime = true };

        public static readonly SpecKey<double?> ClipNorm = Part.Key("clip_norm", Kind.NumberOrWordNone, "Largest norm of the whole gradient, or none.",
            training => training.ClipNorm, (training, norm) => training with { ClipNorm = norm }) with
        { Minimum = 0, AboveMinimum = true, RunTime = true };

        public static readonly SpecKey<bool> GradientCheckpointing = Part.Switch("gradient_checkpointing",
            "Compute activations again in the backward pass instead of keeping them.",
            training => training.GradientCheckpointing, (training, again) => training with { GradientCheckpointing = again }) with
        { RunTime = true };

        public static readonly SpecKey<int> CheckpointEverySteps = Part.In("training.checkpoint").Whole("every_steps",
            "Steps between two checkpoints; 0: only when stopped.",
            training => training.CheckpointEverySteps, (training, steps) => training with { CheckpointEverySteps = steps }, minimum: 0) with
        { RunTime = true };

        public static readonly SpecKey<int> CheckpointKeep = Part.In("training.checkpoint").Whole("keep", "Checkpoints that are kept.",
            training => training.CheckpointKeep, (training, keep) => training with { CheckpointKeep = keep }, minimum: 1) with
        { RunTime = true };

        public static readonly SpecKey<EquatableArray<int>> Seeds = Part.Key("seeds", Kind.Wholes, "One run for each seed.",
            training => training.Seeds, (training, seeds) => training with { Seeds = seeds }) with
        {
            Minimum = 1,
            RunTime = true,
            ItemAt = index => new SpecKey<int>($"training.seeds.{index}", Kind.Whole, "A seed.") { Minimum = 0 },
        };

        /// <summary>Made when it is asked for: the schedules' keys need those above.</summary>
        internal static SectionKey Section => SectionKey.Of("training", "The optimisation: how long, how fast, how often it is saved.",
            Epochs, Steps, Batch, MicroBatch, LearningRate,
            SectionKey.Of("training.schedule", "What the rate does over the steps.", [Schedule, WarmupRatio, .. SchedulePlans.Keys]),
            SectionKey.Of("training.optimizer", "The optimizer and its numbers.",
                new SpecKey<string>("training.optimizer.kind", Kind.Text, "The optimizer.") { Default = "adamw", Words = EquatableArray.Of("adamw") },
                WeightDecay,
                Part.In("training.optimizer").Share("beta1", "Decay of the first moment.",
                    training => training.Beta1, (training, beta) => training with { Beta1 = beta }),
                Part.In("training.optimizer").Share("beta2", "Decay of the second moment.",
                    training => training.Beta2, (training, beta) => training with { Beta2 = beta }),
                Part.In("training.optimizer").Positive("epsilon", "Added to the root of the second moment.",
                    training => training.AdamEpsilon, (training, epsilon) => training with { AdamEpsilon = epsilon })),
            ClipNorm, GradientCheckpointing,
            SectionKey.Of("training.checkpoint", "How often the training is saved, to go on after a stop.", CheckpointEverySteps, CheckpointKeep),
            Seeds) with
        { Required = true, ExactlyOne = [Epochs, Steps] };
    }
}
