using NoraPipelines.Models;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Runs;

/// <summary>A model that reads texts, with its tokenizer.</summary>
/// <exception cref="NoraException">A file of the tokenizer's folder adds a token with an id that the model has no embedding for.</exception>
public sealed record LoadedTextModel<TModel>(TModel Model, TextTokenizer Tokenizer, string? Folder) : LoadedModel(Folder), ILoadedWriter
    where TModel : ITokenModel
{
    public TextTokenizer Tokenizer { get; init; } = Tokenizer.Beyond(Model.VocabularySize) is { } problem ? throw new NoraException(problem) : Tokenizer;

    public override IAdaptableModel Base => Model;

    public override IReadOnlyList<string> Companions => Tokenizer.Files;

    TextWriting? ILoadedWriter.Writing => Model is ICausalModel writer ? new TextWriting(writer, Tokenizer) : null;
}
