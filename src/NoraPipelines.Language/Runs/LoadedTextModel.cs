using NoraPipelines.Models;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Runs;

/// <summary>A model that reads texts, with its tokenizer.</summary>
public sealed record LoadedTextModel<TModel>(TModel Model, TextTokenizer Tokenizer, string? Folder) : LoadedModel(Folder), ILoadedWriter
    where TModel : ITokenModel
{
    public override IAdaptableModel Base => Model;

    public override IReadOnlyList<string> Companions => Tokenizer.Files;

    TextWriting? ILoadedWriter.Writing => Model is ICausalModel writer ? new TextWriting(writer, Tokenizer) : null;
}
