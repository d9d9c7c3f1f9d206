using System.Globalization;

namespace NoraPipelines.Checkpoints.Hub;

/// <summary>Loads several files of one repository at once.</summary>
internal sealed class HubWork(HubClient client, HubRepository repository, HubCache cache, IHubProgress progress, CancellationToken stop)
{
    public HubRepository Repository => repository;

    public HubCache Cache => cache;

    public async Task Fetch(IReadOnlyList<string> paths, HubListing listing)
    {
        var files = new List<HubFile>();
        foreach (var path in paths) files.Add(await listing.File(path));
        var missing = files.Where(file => !File.Exists(cache.Blob(file.Hash))).DistinctBy(file => file.Hash).ToArray();
        if (missing.Length > 0)
        {
            var present = missing.Sum(file => new FileInfo(cache.Partial(file.Hash)) is { Exists: true } partial ? Math.Min(partial.Length, file.Size) : 0);
            RefuseFullDisk(missing.Sum(file => (decimal)file.Size) - present); // sizes are the hub's word
            progress.Begin(missing.Length, missing.Sum(file => file.Size), present);
        }
        var download = new HubDownload(client, repository, cache, listing.Commit, progress);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = client.Options.Parallel, CancellationToken = stop };
        await Parallel.ForEachAsync(files, limits, async (file, cancelled) => await download.Fetch(file, cancelled));
    }

    private void RefuseFullDisk(decimal needed)
    {
        cache.MakeFolder(cache.Folder);
        var free = new DriveInfo(cache.Folder).AvailableFreeSpace;
        if (needed <= free) return;
        throw new HubException(string.Create(CultureInfo.InvariantCulture,
            $"{repository}: {needed:N0} bytes are to be loaded into {cache.Folder}, {free:N0} are free. Make room, or set HF_HOME to another disk."));
    }
}
