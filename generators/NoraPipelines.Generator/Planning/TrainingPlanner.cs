using NoraPipelines.Generator.Spec;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>The spec's `training` and `export`.</summary>
internal static class TrainingPlanner
{
    public static TrainingPlan Plan(PipelineSpec spec)
    {
        // Where one of the two sizes was refused, the other stands for both.
        var batch = spec.Whole("training.batch")?.Value ?? spec.Whole("training.micro_batch")?.Value ?? 1;
        var plan = new TrainingPlan
        {
            Epochs = spec.Number("training.epochs")?.Value,
            Steps = spec.Whole("training.steps")?.Value,
            Batch = batch,
            MicroBatch = spec.Whole("training.micro_batch")?.Value ?? batch,
            LearningRate = spec.Number("training.learning_rate")?.Value ?? 1,
        };
        return plan with
        {
            Schedule = spec.Choice<ScheduleKind>("training.schedule.kind") ?? plan.Schedule,
            WarmupRatio = spec.Number("training.schedule.warmup_ratio")?.Value ?? plan.WarmupRatio,
            WeightDecay = spec.Number("training.optimizer.weight_decay")?.Value ?? plan.WeightDecay,
            Beta1 = spec.Number("training.optimizer.beta1")?.Value ?? plan.Beta1,
            Beta2 = spec.Number("training.optimizer.beta2")?.Value ?? plan.Beta2,
            AdamEpsilon = spec.Number("training.optimizer.epsilon")?.Value ?? plan.AdamEpsilon,
            ClipNorm = spec.Text("training.clip_norm") is not null ? null : spec.Number("training.clip_norm")?.Value ?? plan.ClipNorm,
            GradientCheckpointing = spec.Switch("training.gradient_checkpointing") ?? plan.GradientCheckpointing,
            CheckpointEverySteps = spec.Whole("training.checkpoint.every_steps")?.Value ?? plan.CheckpointEverySteps,
            CheckpointKeep = spec.Whole("training.checkpoint.keep")?.Value ?? plan.CheckpointKeep,
            Seeds = Seeds(spec) ?? plan.Seeds,
        };
    }

    public static ExportPlan Export(PipelineSpec spec, AdapterPlan adapter)
    {
        var plan = new ExportPlan();
        return plan with
        {
            // Full training leaves no adapter to export.
            Peft = spec.Switch("export.peft") ?? (adapter is not FullPlan && plan.Peft),
            Merged = spec.Switch("export.merged") ?? plan.Merged,
        };
    }

    private static EquatableArray<int>? Seeds(PipelineSpec spec)
    {
        var seeds = Enumerable.Range(0, spec.Count("training.seeds")).Select(i => spec.Whole($"training.seeds.{i}")?.Value).OfType<int>();
        return spec.Has("training.seeds") && !spec.WasRefused("training.seeds") ? seeds.ToEquatableArray() : null;
    }
}
