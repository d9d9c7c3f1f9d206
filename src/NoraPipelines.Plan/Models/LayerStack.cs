using System.Globalization;

namespace NoraPipelines.Plans;

/// <summary>Blocks of one shape that follow each other: a model's layers, or those of one of its towers or levels.</summary>
/// <param name="Name">As targets and messages write it: layers, vision, text.</param>
/// <param name="Member">The list of these blocks in the library's model, as a program writes it: Layers, Vision.Layers.</param>
/// <param name="Path">Of one block in a checkpoint, {0} its number: model.layers.{0}.</param>
/// <param name="Count">How many blocks there are.</param>
public sealed record LayerStack(string Name, string Member, string Path, int Count)
{
    /// <summary>A block's full name in a checkpoint: model.layers.3.</summary>
    public string PathOf(int layer) => string.Format(CultureInfo.InvariantCulture, Path, layer);
}
