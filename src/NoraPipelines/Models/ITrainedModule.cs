namespace NoraPipelines.Models;

/// <summary>A part of a model that trains in full while the rest of it has adapters (PEFT's modules_to_save).</summary>
public interface ITrainedModule
{
    /// <summary>Full name in the model: classifier.</summary>
    string Path { get; }

    /// <summary>float32, under their full names: classifier.dense.weight. The model owns them.</summary>
    IReadOnlyList<NamedTensor> Parameters { get; }

    /// <summary>Whether dropout acts, here and in the model that this is part of. Off at first.</summary>
    bool Training { get; set; }
}
