using NoraPipelines.Checkpoints;
using NoraPipelines.Models.Llama;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Runs;

/// <summary>A pipeline's base model with its tokenizer, as `evaluate`, `generate` and `merge` load them. Owns model and checkpoint.</summary>
/// <param name="Checkpoint">Where the weights came from; null for weights drawn from a seed.</param>
public sealed record LoadedModel(LlamaModel Model, TextTokenizer Tokenizer, HuggingFaceCheckpoint? Checkpoint) : IDisposable
{
    public void Dispose()
    {
        Model.Dispose();
        Checkpoint?.Dispose();
    }
}
