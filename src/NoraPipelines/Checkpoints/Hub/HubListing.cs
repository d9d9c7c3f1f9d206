using System.Text.Json;
using NoraPipelines.Disk;

namespace NoraPipelines.Checkpoints.Hub;

/// <summary>What a repository holds at a commit: the hub's tree, page after page, or what its headers say file by file.</summary>
internal sealed class HubListing
{
    private const int LongestAnswer = 64 << 20;
    private const int MostPages = 1000;
    private readonly HubClient _client;
    private readonly HubRepository _repository;
    private readonly CancellationToken _stop;
    private readonly Dictionary<string, HubFile?> _files = new(StringComparer.Ordinal);

    private HubListing(HubClient client, HubRepository repository, CancellationToken stop) =>
        (_client, _repository, _stop) = (client, repository, stop);

    public string Commit { get; private set; } = "";

    /// <summary>Every path, those that no one should follow among them.</summary>
    public IReadOnlyCollection<string> Paths => _files.Keys;

    /// <exception cref="HubException">There is no such repository or revision, it may not be read, or the hub cannot be reached.</exception>
    public static async Task<HubListing> Read(HubClient client, HubRepository repository, CancellationToken stop)
    {
        var listing = new HubListing(client, repository, stop);
        var revision = Uri.EscapeDataString(repository.Revision);
        var info = (await listing.Json($"{repository.ApiPath}/revision/{revision}", optional: false))!.Value.Root;
        listing.Commit = Text(info, "sha") is { } sha && HubPaths.Hash(sha) is { Length: 40 } commit
            ? commit
            : throw listing.Strange($"the commit '{Text(info, "sha")}', expected 40 hexadecimal digits");
        if (!await listing.ReadTree()) listing.ReadSiblings(info);
        return listing;
    }

    /// <summary>A listed file with its size and checksum.</summary>
    /// <exception cref="HubException">Its name leaves the folder, or the hub gives no size or checksum for it.</exception>
    public async Task<HubFile> File(string path)
    {
        HubPaths.Checked(_repository, path);
        if (_files.GetValueOrDefault(path) is { } known) return known;
        HubFile? file = null;
        await HubRetry.Run(_client, async () =>
        {
            using var response = await _client.Send(HttpMethod.Head, _repository.FilePath(Commit, path), 0, _stop);
            if ((int)response.StatusCode >= 400) throw HubStatus.Error(response, _repository, _client.Options, path);
            string? Header(string name) => response.Headers.TryGetValues(name, out var values) ? values.First() : null;
            var hash = HubPaths.Hash(Header("X-Linked-Etag")) ?? HubPaths.Hash(response.Headers.ETag?.Tag ?? Header("ETag"));
            var size = long.TryParse(Header("X-Linked-Size"), out var linked) && linked >= 0 ? linked : response.Content.Headers.ContentLength;
            if (hash is null || size is null) throw Strange($"no checksum or size for {path}");
            file = new HubFile(path, size.Value, hash);
        }, () => 0, _stop);
        return _files[path] = file!;
    }

    private async Task<bool> ReadTree()
    {
        var next = $"{_repository.ApiPath}/tree/{Commit}?recursive=true&expand=false";
        var asked = new HashSet<string>(StringComparer.Ordinal);
        while (next is not null)
        {
            if (!asked.Add(next)) throw Strange("a tree whose pages lead back to one that was read");
            if (asked.Count > MostPages) throw Strange($"a tree of more than {MostPages:N0} pages");
            if (await Json(next, optional: asked.Count == 1) is not { } answer) return false;
            if (answer.Root.ValueKind != JsonValueKind.Array) throw Strange("a tree that is no list");
            foreach (var item in answer.Root.EnumerateArray())
            {
                if (Text(item, "type") != "file" || Text(item, "path") is not { } path) continue;
                var large = item.TryGetProperty("lfs", out var lfs) && lfs.ValueKind == JsonValueKind.Object;
                var hash = HubPaths.Hash(large ? Text(lfs, "oid") ?? Text(lfs, "sha256") : Text(item, "oid"));
                var size = large && Number(lfs, "size") is { } linked ? linked : Number(item, "size");
                _files[path] = hash is null || size is null || !HubPaths.IsInside(path) ? null : new HubFile(path, size.Value, hash);
            }
            next = Next(answer.Link);
        }
        return true;
    }

    private void ReadSiblings(JsonElement info)
    {
        if (!info.TryGetProperty("siblings", out var siblings) || siblings.ValueKind != JsonValueKind.Array) throw Strange("no list of files");
        foreach (var item in siblings.EnumerateArray())
            if (Text(item, "rfilename") is { } path) _files[path] = null; // size and checksum come with the file's own headers
    }

    /// <summary>The address after the endpoint's of the page that a Link header names.</summary>
    private string? Next(string? link)
    {
        var part = link?.Split(',').FirstOrDefault(part => part.Contains("rel=\"next\"", StringComparison.Ordinal));
        if (part is null || part.IndexOf('<') is not (>= 0 and var start) || part.IndexOf('>') is not (>= 0 and var end) || end < start) return null;
        if (!Uri.TryCreate(_client.Options.Endpoint, part[(start + 1)..end], out var address)) throw Strange("a next page that is no address");
        var root = _client.Options.Endpoint.ToString().TrimEnd('/') + "/";
        // The public hub names its own address, also behind a mirror.
        var path = address.AbsoluteUri.StartsWith(root, StringComparison.Ordinal) ? address.AbsoluteUri[root.Length..] : address.PathAndQuery.TrimStart('/');
        return path.StartsWith("api/", StringComparison.Ordinal) ? path : throw Strange($"a next page of something else, {address}");
    }

    private async Task<(JsonElement Root, string? Link)?> Json(string path, bool optional)
    {
        (JsonElement, string?)? answer = null;
        await HubRetry.Run(_client, async () =>
        {
            using var response = await _client.Send(HttpMethod.Get, path, 0, _stop);
            if (optional && (int)response.StatusCode is 404 or 405 or 501) return;
            if (!response.IsSuccessStatusCode) throw HubStatus.Error(response, _repository, _client.Options);
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(_stop);
            silence.CancelAfter(_client.Options.Silence);
            var bytes = await HubClient.Guard(() => _client.Told(Bytes(response, silence.Token), _client.Options.Endpoint), _client.Options.Endpoint, _stop);
            try
            {
                using var document = JsonDocument.Parse(bytes);
                JsonText.Check(bytes);
                answer = (document.RootElement.Clone(), response.Headers.TryGetValues("Link", out var links) ? string.Join(',', links) : null);
            }
            catch (JsonException broken)
            {
                throw new HubException(Strange("no valid JSON").Message, broken);
            }
        }, () => 0, _stop);
        return answer;
    }

    private async Task<byte[]> Bytes(HttpResponseMessage response, CancellationToken stop)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(stop);
        var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = await stream.ReadAsync(buffer, stop)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > LongestAnswer) throw Strange($"more than {LongestAnswer >> 20} MiB of JSON");
        }
        return bytes.ToArray();
    }

    private HubException Strange(string found) => new($"{_repository}: {_client.Options.Endpoint} answers with {found}; it does not speak as the hub does. Check HF_ENDPOINT.");

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0 ? number : null;
}
