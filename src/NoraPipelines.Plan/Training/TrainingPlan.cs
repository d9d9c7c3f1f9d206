namespace NoraPipelines.Plans;

/// <summary>The optimisation: how long, how fast, how often it is saved.</summary>
public sealed record TrainingPlan
{
    /// <summary>Passes over the data; exactly one of this and <see cref="Steps"/> is set.</summary>
    public double? Epochs { get; init; }

    /// <summary>Optimizer steps.</summary>
    public int? Steps { get; init; }

    /// <summary>Examples an optimizer step learns from.</summary>
    public required int Batch { get; init; }

    /// <summary>Rows that go through the model at once, an example each or, packed, several; divides <see cref="Batch"/>.</summary>
    public required int MicroBatch { get; init; }

    public required double LearningRate { get; init; }

    public SchedulePlan Schedule { get; init; } = new CosineSchedulePlan();

    public double WeightDecay { get; init; }

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.999;

    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>Largest norm of the whole gradient; null: not clipped.</summary>
    public double? ClipNorm { get; init; } = 1.0;

    public bool GradientCheckpointing { get; init; }

    /// <summary>Optimizer steps between two checkpoints; 0: only when stopped.</summary>
    public int CheckpointEverySteps { get; init; } = 200;

    /// <summary>How many checkpoints are kept.</summary>
    public int CheckpointKeep { get; init; } = 2;

    public EquatableArray<int> Seeds { get; init; } = EquatableArray.Of(1);
}
