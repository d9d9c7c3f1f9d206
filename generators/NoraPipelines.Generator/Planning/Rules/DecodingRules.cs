using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning.Rules;

/// <summary>Keys of a way of decoding that another way has no use for.</summary>
internal static class DecodingRules
{
    private static readonly string[] OfBeams = ["beams", "length_penalty"];
    private static readonly string[] OfSampling = ["temperature", "top_k", "top_p", "seed"];
    private static readonly string[] OfWriting = ["min_new_tokens", "stop"];

    /// <param name="path">The spec's path of the task: evaluation.0.</param>
    public static void Check(PlanningContext context, string path, TaskProtocol task)
    {
        switch (context.Spec.Choice<DecodingKind>(path + ".decoding.kind") ?? task.Decoding)
        {
            case DecodingKind.Greedy:
                Idle("greedy decoding follows one text and draws nothing", [.. OfBeams, .. OfSampling]);
                break;
            case DecodingKind.Beams:
                Idle("beams draw nothing", OfSampling);
                break;
            case DecodingKind.Sampling:
                Idle("sampling follows one text", OfBeams);
                break;
            case DecodingKind.Likelihood:
                Idle("likelihood writes no text", [.. OfBeams, .. OfSampling, .. OfWriting]);
                NoEffectRules.Idle(context, "likelihood writes no text", path + ".max_new_tokens");
                break;
        }

        void Idle(string reason, string[] keys) =>
            NoEffectRules.Idle(context, reason, [.. keys.Select(key => $"{path}.decoding.{key}")]);
    }
}
