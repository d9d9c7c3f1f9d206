using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>What adapters, calibration and export need to know of a model, whatever its family.</summary>
public interface ITextModel : IDisposable
{
    ScalarType Dtype { get; }

    Device Device { get; }

    int LayerCount { get; }

    /// <summary>Rows of the embedding: ids are below it.</summary>
    int VocabularySize { get; }

    /// <summary>Tokens of the longest text.</summary>
    int LongestText { get; }

    /// <summary>All projections that adapters can be placed on, layer by layer.</summary>
    IEnumerable<LinearProjection> Projections { get; }

    /// <summary>All weights under Hugging Face's names; a tied head once, as the embeddings.</summary>
    IEnumerable<NamedTensor> Parameters { get; }

    /// <summary>Modules that train in full beside adapters and are saved with them: a classifier's head.</summary>
    IReadOnlyList<ITrainedModule> TrainedModules { get; }

    /// <summary>Token ids [rows, tokens] int64 → the last hidden states [rows, tokens, hidden].</summary>
    /// <param name="paddingMask">[rows, tokens] bool, true = token; null where nothing is padded.</param>
    Tensor Hidden(Tensor ids, Tensor? paddingMask);

    /// <summary>Token ids [rows, tokens] int64 → the model's output, whatever its shape.</summary>
    Tensor Outputs(Tensor ids);
}
