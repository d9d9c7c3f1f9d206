using NoraPipelines.Plans;

namespace NoraPipelines.Export;

/// <summary>A structure of NoRA's design space (docs/design-space.md), as nested.json names it.</summary>
internal sealed record NestedStructure(InnerStructure Kind, InnerPosition Position, bool TrainsOuter)
{
    public bool HasA => Position != InnerPosition.WB;

    public bool HasB => Position != InnerPosition.WA;
}
