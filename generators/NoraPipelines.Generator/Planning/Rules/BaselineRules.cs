using NoraPipelines.Generator.Spec;

namespace NoraPipelines.Generator.Planning.Rules;

/// <summary>Keys that belong to one of the methods that NoRA is compared with, and keys that those have no use for.</summary>
internal static class BaselineRules
{
    /// <summary>The keys of one method each.</summary>
    private static readonly (string Key, string Method, string Reason)[] Own =
    [
        ("adapter.rate_ratio", "lora_plus", "only method lora_plus gives B a rate of its own"),
        ("adapter.d_initial", "vera", "only method vera has a vector d"),
        ("adapter.projection_seed", "vera", "only method vera draws a pair for the whole model"),
        ("adapter.factor", "lokr", "only method lokr splits widths into two factors"),
    ];

    public static void Check(PlanningContext context)
    {
        if (context.Spec.Text("adapter.method")?.Value is not { } method) return;
        foreach (var (key, owner, reason) in Own)
            if (method != owner) NoEffectRules.Idle(context, reason, key);
        if (!SpecKeys.BaselineNames.Contains(method)) return;
        NoEffectRules.Idle(context, $"method {method} has one rank", "adapter.outer", "adapter.inner");
        NoEffectRules.Idle(context, $"method {method} starts without activations", "calibration");
        if (context.Spec.Has("adapter.start") && method == "vera")
            NoEffectRules.Idle(context, "the adapter goes on from the one in adapter.start", "adapter.d_initial", "adapter.projection_seed");
        if (method == "vera") NoEffectRules.Idle(context, "vera's vectors are its scale, and it has no other", "adapter.alpha");
    }
}
