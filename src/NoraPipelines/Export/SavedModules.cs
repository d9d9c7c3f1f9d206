using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>Puts the values of modules that trained in full back into a model.</summary>
internal static class SavedModules
{
    /// <param name="from">Where the values were read, for messages.</param>
    /// <param name="saved">By their full names in the model: classifier.dense.weight.</param>
    /// <exception cref="CheckpointException">They are not those of the modules; nothing has been changed.</exception>
    public static void Apply(string from, IReadOnlyDictionary<string, Tensor> saved, IReadOnlyList<ITrainedModule> modules)
    {
        var parameters = modules.SelectMany(module => module.Parameters).ToArray();
        var names = parameters.Select(parameter => parameter.Name).ToHashSet();
        string[] problems =
        [
            .. parameters.Where(parameter => !saved.ContainsKey(parameter.Name)).Select(parameter => $"{parameter.Name} is missing"),
            .. saved.Keys.Where(name => !names.Contains(name)).Select(name => $"{name} is no trained module's of this model"),
            .. from parameter in parameters
               where saved.TryGetValue(parameter.Name, out var value) && !value.shape.SequenceEqual(parameter.Value.shape)
               select $"{parameter.Name} is {SafetensorsLayout.Text(saved[parameter.Name].shape)}, the model's {SafetensorsLayout.Text(parameter.Value.shape)}",
        ];
        if (problems.Length > 0)
        {
            throw new CheckpointException($"{from}: what it saves beside the adapter does not fit the model: {string.Join("; ", problems)}. "
                + "Use it with the model and the task that it was trained for.");
        }
        using var noGradient = no_grad();
        foreach (var (name, value) in parameters) value.copy_(saved[name]);
    }
}
