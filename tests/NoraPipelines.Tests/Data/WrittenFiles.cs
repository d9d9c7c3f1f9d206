using System.Text;

namespace NoraPipelines.Tests.Data;

/// <summary>Files of one test, in a folder that goes with it.</summary>
public sealed class WrittenFiles : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("nora-data-").FullName;

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
