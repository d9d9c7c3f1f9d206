using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>A way of decoding as the argument that asks for it.</summary>
internal static class DecodingExpression
{
    /// <summary>`decoding: …` where a task is decoded otherwise than its protocol says; null where it is not, or where no text is written.</summary>
    public static string? Argument(EvaluationPlan task)
    {
        var usual = new DecodingPlan { Kind = task.Task.Decoding };
        return task.Decoding == usual || task.Decoding.Kind == DecodingKind.Likelihood ? null : $"decoding: {Of(task.Decoding)}";
    }

    private static string Of(DecodingPlan decoding)
    {
        var common = new List<string>();
        if (decoding.MinNewTokens > 0) common.Add($"MinNewTokens = {decoding.MinNewTokens}");
        if (decoding.Stop.Count > 0) common.Add($"StopStrings = [{string.Join(", ", decoding.Stop.Select(CSharp.Text))}]");
        return common.Count == 0 ? Way(decoding) : $"{Way(decoding)} with {{ {string.Join(", ", common)} }}";
    }

    private static string Way(DecodingPlan decoding) => decoding.Kind switch
    {
        DecodingKind.Greedy => "Decoding.Greedy",
        DecodingKind.Beams => $"Decoding.BeamSearch(beams: {decoding.Beams}, lengthPenalty: {CSharp.Number(decoding.LengthPenalty)})",
        DecodingKind.Sampling => $"Decoding.Sample(new SamplingOptions {{ {string.Join(", ", Sampling(decoding))} }})",
        _ => throw new ArgumentOutOfRangeException(nameof(decoding), decoding.Kind, "writes no text"),
    };

    private static IEnumerable<string> Sampling(DecodingPlan decoding)
    {
        yield return $"Temperature = {CSharp.Number(decoding.Temperature)}";
        if (decoding.TopK is { } most) yield return $"TopK = {most}";
        if (decoding.TopP < 1) yield return $"TopP = {CSharp.Number(decoding.TopP)}";
        yield return $"Seed = {decoding.Seed}";
    }
}
