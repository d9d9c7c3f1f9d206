using NoraPipelines.Data;
using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>A model that reads texts as token ids.</summary>
public interface ITokenModel : IAdaptableModel
{
    /// <summary>Rows of the embedding: ids are below it.</summary>
    int VocabularySize { get; }

    /// <summary>Tokens of the longest text.</summary>
    int LongestText { get; }

    /// <summary>The last hidden states, [rows, tokens, hidden] in the model's dtype.</summary>
    /// <exception cref="NoraException">More tokens than the model has positions, or an id that it does not know.</exception>
    Tensor Hidden(TextBatch batch);
}
