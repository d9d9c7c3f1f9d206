namespace NoraPipelines.Generator.Planning.Rules;

/// <summary>Keys that methods whose rank changes in training have no use for.</summary>
internal static class ChangingRankRules
{
    public static void Check(PlanningContext context)
    {
        var method = context.Spec.Text("adapter.method")!.Value;
        NoEffectRules.Idle(context, $"method {method} has one rank", "adapter.outer", "adapter.inner");
        if (method == "adalora")
            NoEffectRules.Idle(context, "method adalora starts with every rank, and what it trained before has lost some", "adapter.start");
        NoEffectRules.Idle(context, $"method {method} starts without activations", "calibration");
    }
}
