using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>The dtype of a merged model's files.</summary>
internal static class MergedDtype
{
    /// <param name="source">The base model's files; null: it began at random, or they are not known.</param>
    public static ScalarType Of(ExportDtype asked, HuggingFaceCheckpoint? source, IAdaptableModel model) => asked switch
    {
        ExportDtype.Float32 => ScalarType.Float32,
        ExportDtype.BFloat16 => ScalarType.BFloat16,
        ExportDtype.Float16 => ScalarType.Float16,
        _ => source?.Dtype ?? model.Dtype,
    };
}
