using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using NoraPipelines.Checkpoints;

namespace NoraPipelines.Training;

/// <summary>A checkpoint's state.json: what the other files are, and for which run.</summary>
/// <param name="Check">SHA-256 of all the rest of it.</param>
internal sealed record CheckpointManifest(
    [property: JsonRequired] int Step,
    [property: JsonRequired] CheckpointIdentity Identity,
    [property: JsonRequired] IReadOnlyDictionary<string, FileMark> Files,
    JsonObject? State,
    string? Check = null)
{
    public const string FileName = "state.json";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
    };

    public void Write(string folder) =>
        AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this with { Check = Sum() }, Options) + "\n");

    /// <summary>Reads and checks a checkpoint's folder; every file is read once.</summary>
    /// <exception cref="CheckpointException">Something is missing or not as it was written; the message says what.</exception>
    public static CheckpointManifest Read(string folder, int step, IEnumerable<string> files)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            var manifest = JsonSerializer.Deserialize<CheckpointManifest>(File.ReadAllBytes(path), Options)
                ?? throw new CheckpointException($"{path}: holds null, expected a checkpoint's state.");
            if (manifest.Check != manifest.Sum()) throw new CheckpointException($"{path}: is damaged, its checksum is not that of its content.");
            if (manifest.Step != step) throw new CheckpointException($"{path}: is of step {manifest.Step}, expected {step}.");
            var method = manifest.Files.ContainsKey(TrainingState.MethodFile) ? new[] { TrainingState.MethodFile } : [];
            foreach (var name in files.Concat(method)) manifest.CheckFile(folder, name);
            return manifest;
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"{path}: is no checkpoint's state: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{folder}: cannot be read: {e.Message}", e);
        }
    }

    private string Sum() => FileMark.OfText(JsonSerializer.Serialize(this with { Check = null }, Options)).Sha256;

    private void CheckFile(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!Files.TryGetValue(name, out var expected)) throw new CheckpointException($"{folder}: {FileName} has no hash of {name}.");
        if (expected.Problem(path) is { } problem) throw new CheckpointException($"{path}: {problem}.");
    }
}
