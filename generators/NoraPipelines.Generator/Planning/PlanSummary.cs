using System.Globalization;
using NoraPipelines.Generator.Emission.Methods;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>One line on a valid plan, for the editor: what trains, how much of the model that is, and the memory of a step.</summary>
internal static class PlanSummary
{
    public static string Of(PipelinePlan plan)
    {
        var total = plan.Model.Shape.TotalParameters;
        return string.Format(CultureInfo.InvariantCulture,
            "{0} trains {1:N0} of {2:N0} parameters ({3} %); a training step needs about {4} of memory",
            MethodSections.Of(plan.Adapter).Trained(plan), plan.Trainable, total, Percent(100.0 * plan.Trainable / total), Bytes(MemoryEstimate.Of(plan).Peak));
    }

    /// <summary>Three significant digits: 0.0114, 8.75, 100.</summary>
    private static string Percent(double value) => value.ToString(value >= 100 ? "0" : "G3", CultureInfo.InvariantCulture);

    internal static string Bytes(long bytes)
    {
        var (unit, size) = bytes >= 1L << 30 ? ("GiB", 1L << 30) : ("MiB", 1L << 20);
        return ((double)bytes / size).ToString("0.0", CultureInfo.InvariantCulture) + " " + unit;
    }
}
