namespace NoraPipelines.Evaluation;

/// <summary>How far an evaluation is: items of the data set, not batches.</summary>
public readonly record struct EvaluationProgress(string Task, int Done, int Total);
