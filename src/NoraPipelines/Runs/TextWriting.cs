using NoraPipelines.Models;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Runs;

/// <summary>What writing a text takes.</summary>
internal sealed record TextWriting(ICausalModel Model, TextTokenizer Tokenizer)
{
    /// <summary>What a verb says that needs a text where the pipeline's model writes none.</summary>
    public static NoraException Refused() => new(
        "This pipeline's model writes no text; expected one that does, such as llama. Use `evaluate`, or another pipeline.");
}
