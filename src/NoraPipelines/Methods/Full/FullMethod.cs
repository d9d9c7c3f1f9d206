using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>Full training: there are no adapters, and the model itself is exported.</summary>
public sealed class FullMethod : AdapterMethod
{
    public override string Name => "full";

    internal override void Place(AdapterSet adapters, IReadOnlyList<LinearProjection> targets, AdapterPlan plan)
    {
    }
}
