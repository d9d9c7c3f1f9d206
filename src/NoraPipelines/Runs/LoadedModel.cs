using NoraPipelines.Models;

namespace NoraPipelines.Runs;

/// <summary>A pipeline's base model and what belongs to it, as the command line's verbs load them. Owns the model. One record a kind of data.</summary>
/// <param name="Folder">The checkpoint's folder; null for weights drawn from a seed.</param>
public abstract record LoadedModel(string? Folder) : IDisposable
{
    /// <summary>The model that adapters are placed on.</summary>
    public abstract IAdaptableModel Base { get; }

    /// <summary>Files that are copied beside a merged model, such as a tokenizer's.</summary>
    public abstract IReadOnlyList<string> Companions { get; }

    public virtual void Dispose()
    {
        Base.Dispose();
    }
}
