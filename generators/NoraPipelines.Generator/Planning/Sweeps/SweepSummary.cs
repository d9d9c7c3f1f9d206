using System.Globalization;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning.Sweeps;

/// <summary>One line on a valid sweep, for the editor: how many variants, and how much they train.</summary>
internal static class SweepSummary
{
    public static string Of(IReadOnlyList<PipelinePlan> plans)
    {
        var (least, most) = (plans.Min(plan => plan.Trainable), plans.Max(plan => plan.Trainable));
        var (lightest, heaviest) = (plans.Min(plan => MemoryEstimate.Of(plan).Peak), plans.Max(plan => MemoryEstimate.Of(plan).Peak));
        var total = plans.Max(plan => plan.Model.Shape.TotalParameters);
        return string.Format(CultureInfo.InvariantCulture, "{0} variant{1} {2} of {3:N0} parameters; a training step needs about {4} of memory",
            plans.Count, plans.Count == 1 ? " that trains" : "s that train",
            least == most ? least.ToString("N0", CultureInfo.InvariantCulture) : string.Format(CultureInfo.InvariantCulture, "{0:N0} to {1:N0}", least, most),
            total,
            Planning.PlanSummary.Bytes(lightest) is var light && Planning.PlanSummary.Bytes(heaviest) is var heavy && light == heavy ? light : $"{light} to {heavy}");
    }
}
