namespace NoraPipelines.Runs.Progress;

/// <summary>What training came to, over all processes of a run.</summary>
/// <param name="FirstLoss">Of the first step.</param>
/// <param name="LastLoss">Of the last step done.</param>
/// <param name="Tokens">Trained on, padding not counted.</param>
internal sealed record TrainingResult(double? FirstLoss, double? LastLoss, int Steps, long Tokens);
