namespace NoraPipelines.Tests.Models.Bert;

/// <summary>
/// The folder of all-MiniLM-L6-v2's real weights, 90 MB that are not part of the repository: where NORA_MINILM points, or beside the
/// repository.
/// </summary>
internal static class MiniLm
{
    public static string Folder { get; } = Environment.GetEnvironmentVariable("NORA_MINILM") is { Length: > 0 } given
        ? given
        : Repository.Path("../minilm");

    /// <summary>Why a test that needs them cannot run; null when it can.</summary>
    public static string? Lacks => File.Exists(System.IO.Path.Combine(Folder, "model.safetensors")) ? null
        : $"needs the weights of sentence-transformers/all-MiniLM-L6-v2 (config.json, model.safetensors, vocab.txt) in {Folder}, or NORA_MINILM set to "
            + "their folder";
}

/// <summary>A test that needs the real weights; skipped, with the reason, where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MiniLmFactAttribute : FactAttribute
{
    public MiniLmFactAttribute() => Skip = MiniLm.Lacks;
}
