using NoraPipelines.Models;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Runs;

/// <summary>What writing a text takes.</summary>
internal sealed record TextWriting(ICausalModel Model, TextTokenizer Tokenizer)
{
    /// <summary>The loaded model and its tokenizer as those that write text.</summary>
    /// <exception cref="NoraException">It writes none.</exception>
    public static TextWriting Of(LoadedModel loaded) => (loaded as ILoadedWriter)?.Writing ?? throw new NoraException(
        "This pipeline's model writes no text; expected one that does, such as llama. Use `evaluate`, or another pipeline.");
}
