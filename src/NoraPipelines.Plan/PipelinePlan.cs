namespace NoraPipelines.Plans;

/// <summary>What one pipeline will do: every default applied, no file positions, equal by value.</summary>
public sealed record PipelinePlan
{
    /// <summary>The spec's `pipeline`: lower-case words with hyphens.</summary>
    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public required ModelPlan Model { get; init; }

    public required AdapterPlan Adapter { get; init; }

    public CalibrationPlan Calibration { get; init; } = new();

    public required DatasetPlan Dataset { get; init; }

    public required TrainingPlan Training { get; init; }

    public EquatableArray<EvaluationPlan> Evaluation { get; init; }

    public ExportPlan Export { get; init; } = new();

    /// <summary>Parameters that train.</summary>
    public long Trainable => ParameterCount.Trainable(Model.Shape, Adapter);
}
