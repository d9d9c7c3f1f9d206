using System.Text.Encodings.Web;
using System.Text.Json;

namespace NoraPipelines.Evaluation;

/// <summary>Writes predictions.jsonl as they come, so that an evaluation that is stopped keeps what it had.</summary>
internal sealed class PredictionLog : IDisposable
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly StreamWriter? _writer;

    /// <param name="path">Overwritten; its folder is made. Null: nothing is written.</param>
    public PredictionLog(string? path)
    {
        if (path is null) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            _writer = new StreamWriter(path) { NewLine = "\n" };
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new NoraException($"{path} cannot be written: {refused.Message}", refused);
        }
    }

    /// <summary>One line each.</summary>
    public void Write<T>(IEnumerable<T> predictions) where T : class
    {
        if (_writer is null) return;
        foreach (var prediction in predictions) _writer.WriteLine(JsonSerializer.Serialize(prediction, Options));
        _writer.Flush();
    }

    public void Dispose() => _writer?.Dispose();
}
