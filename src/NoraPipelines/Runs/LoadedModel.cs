using NoraPipelines.Models;
using NoraPipelines.Models.Llama;
using NoraPipelines.Models.Roberta;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Runs;

/// <summary>A pipeline's base model with its tokenizer, as the command line's verbs load them. Owns the model.</summary>
/// <param name="TextModel">Of any family; <see cref="Model"/> and <see cref="Classifier"/> are the same model by its type.</param>
/// <param name="Folder">The checkpoint's folder; null for weights drawn from a seed.</param>
public sealed record LoadedModel(ITextModel TextModel, TextTokenizer Tokenizer, string? Folder) : IDisposable
{
    /// <summary>The model as one that writes text.</summary>
    /// <exception cref="NoraException">It writes none.</exception>
    public LlamaModel Model => TextModel as LlamaModel ?? throw new NoraException(
        "This pipeline's model classifies texts and writes none; expected a decoder. Use `evaluate`, or another pipeline.");

    /// <summary>The model as one that classifies.</summary>
    /// <exception cref="NoraException">It has no head to classify with.</exception>
    public RobertaModel Classifier => TextModel as RobertaModel ?? throw new NoraException(
        "This pipeline's model writes text; expected one that classifies. Use another pipeline.");

    public void Dispose() => TextModel.Dispose();
}
