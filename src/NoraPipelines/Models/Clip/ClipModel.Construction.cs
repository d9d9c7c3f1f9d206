using NoraPipelines.Checkpoints;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Clip;

public sealed partial class ClipModel
{
    /// <summary>
    /// Reads a checkpoint's weights, by Hugging Face's, OpenAI's or open_clip's names (<see cref="ClipLayout"/>), converted to
    /// <paramref name="dtype"/>; they are frozen.
    /// </summary>
    /// <exception cref="CheckpointException">Its config.json has another shape; a tensor is missing, unexpected or of another shape, all of them
    /// named; a weight is NaN or infinite.</exception>
    public static ClipModel Load(HuggingFaceCheckpoint checkpoint, ClipShape shape, ScalarType dtype, Device device)
    {
        checkpoint.CheckShape(shape);
        var layout = ClipLayout.Of(shape, [.. checkpoint.Tensors.Select(entry => entry.Name)]);
        checkpoint.Check(layout.Expected, ClipLayout.Ignorable);
        return Build(shape, dtype, device, (name, _) => layout.Read(name, stored => checkpoint.ReadFinite(stored, dtype, device)));
    }

    /// <summary>The start of OpenAI's training (clip/model.py, initialize_parameters), drawn from the seed; the same weights on every device.</summary>
    public static ClipModel Random(ClipShape shape, int seed, ScalarType dtype, Device device) =>
        Build(shape, dtype, device, new ClipRandomWeights(shape, seed, dtype, device).Draw);

    private static ClipModel Build(ClipShape shape, ScalarType dtype, Device device, Func<string, long[], Tensor> read) =>
        TakenWeights.Build(taken => new ClipModel(shape, dtype, device, taken.From(read)));
}
