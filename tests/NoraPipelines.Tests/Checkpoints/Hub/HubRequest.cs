using System.Text;

namespace NoraPipelines.Tests.Checkpoints.Hub;

/// <summary>A request that a <see cref="HubServer"/> received, and the connection to answer on.</summary>
internal sealed record HubRequest(string Line, IReadOnlyDictionary<string, string> Headers, Stream Stream)
{
    public string Path => Line.Split(' ')[1];

    public int RangeStart => Headers.TryGetValue("Range", out var range) ? int.Parse(range["bytes=".Length..].TrimEnd('-')) : 0;

    public static HubRequest Read(Stream stream)
    {
        var text = new StringBuilder();
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var letter = stream.ReadByte();
            if (letter < 0) throw new IOException("closed");
            text.Append((char)letter);
        }
        var lines = text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return new HubRequest(lines[0], headers, stream);
    }

    public bool Json(string json) => Send(200, "OK", "Content-Type: application/json\r\n", Encoding.UTF8.GetBytes(json));

    /// <param name="claimed">What Content-Length says; null: the truth.</param>
    public bool Send(int status, string reason, string headers, byte[] body, long? claimed = null)
    {
        Stream.Write(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} {reason}\r\n{headers}Content-Length: {claimed ?? body.Length}\r\nConnection: close\r\n\r\n"));
        if (!Line.StartsWith("HEAD", StringComparison.Ordinal)) Stream.Write(body);
        return true;
    }
}
