using NoraPipelines.Plans;

namespace NoraPipelines.Methods;

/// <summary>A NoRA adapter of any structure, as its start sees it.</summary>
internal interface INoraAdapter
{
    InnerStructure Structure { get; }

    /// <summary>The pairs that train, with the streams that their normal start is drawn from.</summary>
    IEnumerable<InnerSlot> Slots { get; }
}
