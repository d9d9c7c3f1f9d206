using NoraPipelines.Models.Llama;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Runs;

/// <summary>A pipeline's base model with its tokenizer, as `evaluate`, `generate` and `merge` load them. Owns the model.</summary>
/// <param name="Folder">The checkpoint's folder; null for weights drawn from a seed.</param>
public sealed record LoadedModel(LlamaModel Model, TextTokenizer Tokenizer, string? Folder) : IDisposable
{
    public void Dispose() => Model.Dispose();
}
