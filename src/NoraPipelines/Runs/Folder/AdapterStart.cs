using NoraPipelines.Adapters;
using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using TorchSharp;

namespace NoraPipelines.Runs.Folder;

/// <summary>
/// The start of a run's adapters: frozen factors in nested/outer.safetensors, where they also end, and the parameters that train in
/// stages/start.safetensors. A resumed run begins from these bytes, not from a computation that might come out otherwise.
/// </summary>
internal static class AdapterStart
{
    public static void Save(RunDirectory directory, AdapterSet adapters)
    {
        Write(OuterFile(directory), Frozen(adapters));
        Write(StartFile(directory), adapters.Trainable);
    }

    /// <exception cref="CheckpointException">A file is missing or damaged, or a factor has another shape.</exception>
    public static void Restore(RunDirectory directory, AdapterSet adapters)
    {
        Read(OuterFile(directory), Frozen(adapters));
        Read(StartFile(directory), adapters.Trainable);
    }

    private static string OuterFile(RunDirectory directory) => Path.Combine(directory.NestedFolder, "outer.safetensors");

    private static string StartFile(RunDirectory directory) => Path.Combine(directory.StagesFolder, "start.safetensors");

    private static IReadOnlyList<NamedTensor> Frozen(AdapterSet adapters) =>
        [.. adapters.Items.SelectMany(item => item.Adapter.Frozen.Select(factor => new NamedTensor($"{item.Projection.Path}.{factor.Name}", factor.Value)))];

    private static void Write(string path, IReadOnlyList<NamedTensor> tensors)
    {
        if (tensors.Count == 0) return;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        SafetensorsWriter.Write(path, tensors.Select(tensor => KeyValuePair.Create(tensor.Name, tensor.Value)));
    }

    private static void Read(string path, IReadOnlyList<NamedTensor> tensors)
    {
        if (tensors.Count == 0) return;
        using var noGradient = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        foreach (var (name, target) in tensors)
        {
            if (!file.Tensors.TryGetValue(name, out var entry) || !entry.Shape.SequenceEqual(target.shape))
            {
                throw new CheckpointException(
                    $"{path}: {(entry is null ? $"{name} is missing" : $"{name} is {entry.Shape}")}; the run needs [{string.Join(", ", target.shape)}]. "
                    + "The run's folder was changed or is of another plan; start a new run.");
            }
            target.copy_(file.Read(name));
        }
    }
}
