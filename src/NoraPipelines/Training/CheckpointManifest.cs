using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using NoraPipelines.Checkpoints;

namespace NoraPipelines.Training;

/// <summary>A checkpoint's state.json: what the other files are, and for which run.</summary>
internal sealed record CheckpointManifest(
    [property: JsonRequired] int Step,
    [property: JsonRequired] CheckpointIdentity Identity,
    [property: JsonRequired] IReadOnlyDictionary<string, CheckpointManifest.FileMark> Files,
    JsonObject? State)
{
    public const string FileName = "state.json";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        WriteIndented = true,
    };

    /// <summary>A file's size and content.</summary>
    public sealed record FileMark(long Bytes, string Sha256)
    {
        public static FileMark Of(string path)
        {
            using var stream = File.OpenRead(path);
            return new FileMark(stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
        }
    }

    public void Write(string folder) =>
        AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Options) + "\n");

    /// <summary>Reads and checks a checkpoint's folder; every file is read once.</summary>
    /// <exception cref="CheckpointException">Something is missing or not as it was written; the message says what.</exception>
    public static CheckpointManifest Read(string folder, int step, IEnumerable<string> files)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            var manifest = JsonSerializer.Deserialize<CheckpointManifest>(File.ReadAllBytes(path), Options)
                ?? throw new CheckpointException($"{path}: holds null, expected a checkpoint's state.");
            if (manifest.Step != step) throw new CheckpointException($"{path}: is of step {manifest.Step}, expected {step}.");
            var method = manifest.Files.ContainsKey(TrainingState.MethodFile) ? new[] { TrainingState.MethodFile } : [];
            foreach (var name in files.Concat(method)) manifest.Check(folder, name);
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

    private void Check(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (!Files.TryGetValue(name, out var expected)) throw new CheckpointException($"{folder}: {FileName} has no hash of {name}.");
        var found = FileMark.Of(path);
        if (found.Bytes != expected.Bytes)
            throw new CheckpointException($"{path}: has {found.Bytes:N0} bytes, {expected.Bytes:N0} were written.");
        if (found.Sha256 != expected.Sha256)
            throw new CheckpointException($"{path}: has the SHA-256 {found.Sha256}, {expected.Sha256} was written.");
    }
}
