using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace NoraPipelines.Tests.Checkpoints.Hub;

/// <summary>A hub on this machine that serves one repository over plain sockets, and misbehaves as a test asks.</summary>
internal sealed class HubServer : IDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<string> _requests = [];

    public HubServer()
    {
        _listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _ = Accept();
    }

    public string Address { get; }

    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>Entries of the tree beside those of <see cref="Files"/>, as JSON.</summary>
    public List<string> TreeEntries { get; } = [];

    /// <summary>Looks at "GET /path" and its headers; whether it has answered itself.</summary>
    public Func<HubRequest, bool> Misbehave { get; set; } = _ => false;

    /// <summary>What the listing says of a file's size and hash, where it lies.</summary>
    public Dictionary<string, (long Size, string Hash)> Lies { get; } = [];

    public bool HasTree { get; set; } = true;

    /// <summary>"GET /path" of every request so far.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    public int Count(string part) => Requests.Count(request => request.Contains(part, StringComparison.Ordinal));

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public static string GitSha1(byte[] content) =>
        Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));

    public void Dispose() => _listener.Dispose();

    private async Task Accept()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
            _ = Task.Run(() => Serve(client));
        }
    }

    private void Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                var request = HubRequest.Read(client.GetStream());
                lock (_requests) _requests.Add(request.Line);
                if (!Misbehave(request)) Answer(request);
            }
            catch (IOException)
            {
                // The client went away.
            }
        }
    }

    private void Answer(HubRequest request)
    {
        if (request.Path.Contains("/revision/")) request.Json($$"""{ "sha": "{{Commit}}", "siblings": [{{string.Join(',', Files.Keys.Select(name => $$"""{ "rfilename": "{{name}}" }"""))}}] }""");
        else if (request.Path.Contains("/tree/") && HasTree) request.Json($"[{string.Join(',', Files.Keys.Select(Entry).Concat(TreeEntries))}]");
        else if (request.Path.Split($"/resolve/{Commit}/") is [_, var name] && Files.TryGetValue(Uri.UnescapeDataString(name), out var content)) Content(request, name, content);
        else request.Send(404, "Not Found", "", []);
    }

    private string Entry(string name)
    {
        var content = Files[name];
        var large = name.EndsWith(".safetensors", StringComparison.Ordinal);
        var (size, hash) = Lies.TryGetValue(name, out var lie) ? lie : (content.Length, large ? Sha256(content) : GitSha1(content));
        var lfs = large ? $$""", "lfs": { "oid": "{{hash}}", "size": {{size}} }""" : "";
        return $$"""{ "type": "file", "path": "{{name}}", "oid": "{{(large ? GitSha1(content) : hash)}}", "size": {{size}}{{lfs}} }""";
    }

    private static void Content(HubRequest request, string name, byte[] content)
    {
        var tag = name.EndsWith(".safetensors", StringComparison.Ordinal) ? $"X-Linked-Etag: \"{Sha256(content)}\"\r\nX-Linked-Size: {content.Length}\r\n" : $"ETag: \"{GitSha1(content)}\"\r\n";
        var from = request.RangeStart;
        if (from > 0) request.Send(206, "Partial Content", $"Content-Range: bytes {from}-{content.Length - 1}/{content.Length}\r\n", content[from..]);
        else request.Send(200, "OK", tag, content);
    }
}
