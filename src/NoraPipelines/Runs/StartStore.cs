using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Runs;

/// <summary>The tensors that an unfinished run's adapters started with; a finished run needs them no more.</summary>
internal static class StartStore
{
    public static string FileOf(RunDirectory directory) => Path.Combine(directory.StagesFolder, RunStart.Stage + ".safetensors");

    public static void Write(AdapterSet adapters, string path) =>
        SafetensorsWriter.Write(path, Tensors(adapters).Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));

    /// <exception cref="NoraException">The file is of other adapters.</exception>
    /// <exception cref="CheckpointException">The file is missing or damaged.</exception>
    public static void Read(AdapterSet adapters, string path)
    {
        using var file = SafetensorsFile.Open(path);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, target) in Tensors(adapters))
        {
            if (!file.Tensors.TryGetValue(name, out var entry) || !entry.Shape.SequenceEqual(target.shape))
                throw new NoraException($"{path}: {name} is missing or has another shape than [{string.Join(", ", target.shape)}]. "
                    + "The file is of another run; start a new run without --resume.");
            target.copy_(file.Read(name));
        }
    }

    private static IEnumerable<(string Name, Tensor Value)> Tensors(AdapterSet adapters) =>
        (from item in adapters.Items
         from tensor in item.Adapter.Frozen.Concat(item.Adapter.Trainable)
         select ($"{item.Projection.Path}.{tensor.Name}", tensor.Value))
        .Concat(adapters.Items.SelectMany(item => item.Adapter.Shared).DistinctBy(tensor => tensor.Name).Select(tensor => (tensor.Name, tensor.Value)))
        .Concat(from module in adapters.Modules from tensor in module.Parameters select (tensor.Name, tensor.Value));
}
