using System.Net;
using NoraPipelines.Disk;

namespace NoraPipelines.Checkpoints.Hub;

/// <summary>
/// Brings one blob into the cache: goes on where a partial file ends, believes no size and no range that a server claims, and lets
/// nothing into the cache whose checksum is not its name.
/// </summary>
internal sealed class HubDownload(HubClient client, HubRepository repository, HubCache cache, string commit, IHubProgress progress)
{
    /// <exception cref="HubException">The file is not available, or what arrives is not what was listed.</exception>
    public async Task Fetch(HubFile file, CancellationToken stop)
    {
        var blob = cache.Blob(file.Hash);
        if (!File.Exists(blob))
        {
            cache.MakeFolder(Path.GetDirectoryName(blob)!);
            cache.MakeFolder(Path.GetDirectoryName(cache.Lock(file.Hash))!);
            using var taken = await HubLock.Take(cache.Lock(file.Hash), () => progress.Say($"Another process loads {file.Path}; waiting for it."), stop);
            if (!File.Exists(blob)) await Load(file, blob, stop);
        }
        cache.Link(commit, file);
    }

    private async Task Load(HubFile file, string blob, CancellationToken stop)
    {
        var partial = cache.Partial(file.Hash);
        OwnFile.RemoveLink(partial);
        for (var attempt = 1; ; attempt++)
        {
            await HubRetry.Run(client, () => Continue(file, partial, stop), () => Length(partial), stop);
            var found = HubHash.Of(partial, file.Hash.Length);
            if (found == file.Hash) break;
            progress.Add(-Length(partial));
            File.Delete(partial);
            // The partial file may have been of another time: the whole is asked for once more.
            if (attempt == 2)
                throw new HubException($"{repository}, {file.Path}: its checksum is {found}, expected {file.Hash}; nothing was kept. The server or the way to it is damaged; try again, or use another HF_ENDPOINT.");
        }
        File.Move(partial, blob, overwrite: true);
        FolderSync.Flush(Path.GetDirectoryName(blob)!);
    }

    /// <summary>One request for what is missing.</summary>
    private async Task Continue(HubFile file, string partial, CancellationToken stop)
    {
        if (Length(partial) > file.Size)
        {
            progress.Add(-Length(partial));
            File.Delete(partial);
        }
        var there = Length(partial);
        if (there == file.Size && File.Exists(partial)) return;
        using var response = await client.Send(HttpMethod.Get, repository.FilePath(commit, file.Path), there, stop);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            progress.Add(-there);
            File.Delete(partial);
            throw Again(file, "the server refuses the range");
        }
        if (!response.IsSuccessStatusCode) throw HubStatus.Error(response, repository, client.Options, file.Path);
        var starts = response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.From ?? there : 0;
        if (starts != there && starts != 0) throw Again(file, $"the server sends bytes from {starts:N0}, asked for {there:N0}");
        await Guarded(file, async () =>
        {
            await using var target = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 1 << 16);
            if (starts != there)
            {
                progress.Add(-there);
                target.SetLength(0); // a server without ranges begins anew
            }
            target.Position = starts;
            await Copy(file, response, target, stop);
        });
        if (Length(partial) < file.Size) throw Again(file, $"the connection ended after {Length(partial):N0} of {file.Size:N0} bytes");
    }

    private async Task Copy(HubFile file, HttpResponseMessage response, FileStream target, CancellationToken stop)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stop);
        silence.CancelAfter(client.Options.Silence);
        var address = response.RequestMessage!.RequestUri!;
        await using var source = await HubClient.Guard(() => response.Content.ReadAsStreamAsync(silence.Token), address, stop);
        var buffer = new byte[1 << 16];
        var rate = new HubRate(client.Options);
        while (true)
        {
            silence.CancelAfter(client.Options.Silence);
            var read = await HubClient.Guard(() => source.ReadAsync(buffer, silence.Token).AsTask(), address, stop);
            if (read == 0) return;
            if (target.Position + read > file.Size)
            {
                progress.Add(-target.Position);
                target.SetLength(0);
                throw new HubException($"{repository}, {file.Path}: the server sends more than the {file.Size:N0} bytes that the repository lists; nothing was kept. Check HF_ENDPOINT.");
            }
            target.Write(buffer, 0, read);
            if (rate.TooSlow(read) is { } slow)
                throw new HubException($"{repository}, {file.Path}: {slow} What came is kept; run again later to go on, or download the file another way and name its folder.");
            progress.Add(read);
        }
    }

    private static async Task Guarded(HubFile file, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HubException(WriteFailure.Describe(file.Path, file.Size, e), e);
        }
    }

    private HubException Again(HubFile file, string problem) =>
        new($"{repository}, {file.Path}: {problem}. What came is kept; run again to go on.") { Unreachable = true };

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
