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

    private readonly string? _path;

    /// <param name="path">Replaced, where it is a link too: what that leads to is left alone. Its folder is made. Null: nothing is written.</param>
    /// <exception cref="NoraException">The file cannot be written.</exception>
    public PredictionLog(string? path)
    {
        if (path is null) return;
        _path = path;
        _writer = Written(() =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.Delete(path);
            return new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read)) { NewLine = "\n" };
        });
    }

    /// <summary>One line each.</summary>
    /// <exception cref="NoraException">The disk is full, or the file cannot be written.</exception>
    public void Write<T>(IEnumerable<T> predictions) where T : class
    {
        if (_writer is null) return;
        string[] lines = [.. predictions.Select(prediction => JsonSerializer.Serialize(prediction, Options))];
        Written(() =>
        {
            foreach (var line in lines) _writer.WriteLine(line);
            _writer.Flush();
            return _writer;
        });
    }

    public void Dispose()
    {
        try
        {
            _writer?.Dispose();
        }
        catch (IOException)
        {
            // What could not be written was told when it was.
        }
    }

    private T Written<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new NoraException($"{_path}: the predictions cannot be written: {refused.Message} Make room or choose another folder; without the file the "
                + "evaluation would leave no trace of its answers.", refused);
        }
    }
}
