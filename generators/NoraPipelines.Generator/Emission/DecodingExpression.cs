using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>A way of decoding as the argument that asks for it.</summary>
internal static class DecodingExpression
{
    /// <summary>Whether a task that writes text has a decoding that differs from its protocol's.</summary>
    public static bool IsNeeded(EvaluationPlan task) =>
        task.Decoding.Kind != DecodingKind.Likelihood && task.Decoding != new DecodingPlan { Kind = task.Task.Decoding };

    /// <summary>The argument `decoding: …` where it is needed; what does not fit into one is written before, as a variable.</summary>
    /// <param name="variable">Its name.</param>
    public static IEnumerable<string> Write(CodeWriter code, EvaluationPlan task, string variable)
    {
        if (!IsNeeded(task)) return [];
        var decoding = task.Decoding;
        var common = new List<string>();
        if (decoding.MinNewTokens > 0) common.Add($"MinNewTokens = {decoding.MinNewTokens}");
        if (decoding.Stop.Count > 0) common.Add($"StopStrings = [{string.Join(", ", decoding.Stop.Select(CSharp.Text))}]");
        if (common.Count == 0) return [$"decoding: {Way(decoding)}"];
        using (code.Block($"var {variable} = {Way(decoding)} with", "};"))
        {
            foreach (var setting in common) code.Line(setting + ",");
        }
        return [$"decoding: {variable}"];
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
