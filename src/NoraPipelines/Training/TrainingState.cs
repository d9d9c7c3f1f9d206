using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Training;

/// <summary>A checkpoint whose files have been checked against their hashes.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Folder">Where it lies.</param>
/// <param name="State">What the run put beside it; empty where that was nothing.</param>
public sealed record TrainingState(int Step, string Folder, JsonObject State)
{
    internal const string TrainableFile = "trainable.safetensors";
    internal const string OptimizerFile = "optimizer.safetensors";
    internal const string MethodFile = "method.safetensors";

    /// <summary>Puts the saved values into the parameters and the optimizer, to the bit.</summary>
    /// <param name="method">What the method keeps besides; null: nothing.</param>
    /// <exception cref="NoraException">The files hold other names, shapes or dtypes; nothing has been changed.</exception>
    public void Restore(IReadOnlyList<NamedTensor> trainable, AdamW optimizer, IMethodState? method = null)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var values = ReadAll(TrainableFile);
        CheckSame(TrainableFile, trainable, values);
        var kept = method is null ? [] : ReadAll(MethodFile);
        CheckSame(MethodFile, method?.State ?? [], kept);
        optimizer.LoadState(ReadAll(OptimizerFile).Select(pair => new NamedTensor(pair.Key, pair.Value)));
        foreach (var (name, parameter) in trainable) parameter.copy_(values[name]);
        foreach (var (name, value) in method?.State ?? []) value.copy_(kept[name]);
    }

    private Dictionary<string, Tensor> ReadAll(string name)
    {
        using var file = SafetensorsFile.Open(Path.Combine(Folder, name));
        return file.Tensors.Keys.ToDictionary(key => key, key => file.Read(key));
    }

    private void CheckSame(string file, IReadOnlyList<NamedTensor> trainable, Dictionary<string, Tensor> saved)
    {
        var problems = new List<string>();
        foreach (var (name, parameter) in trainable)
        {
            if (!saved.TryGetValue(name, out var value)) problems.Add($"{name} is missing");
            else if (value.dtype != parameter.dtype || !value.shape.SequenceEqual(parameter.shape))
                problems.Add($"{name} is {value.dtype} [{string.Join(", ", value.shape)}], " +
                    $"expected {parameter.dtype} [{string.Join(", ", parameter.shape)}]");
        }
        var names = trainable.Select(parameter => parameter.Name).ToHashSet();
        problems.AddRange(saved.Keys.Where(name => !names.Contains(name)).Select(name => $"{name} is not trained here"));
        if (problems.Count == 0) return;
        throw new NoraException(
            $"{Path.Combine(Folder, file)} does not belong to these adapters: {string.Join("; ", problems)}. " +
            "Go on with the pipeline that wrote it, or start a new run.");
    }
}
