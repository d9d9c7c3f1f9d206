using NoraPipelines.Plans;

namespace NoraPipelines.Checkpoints.Hub;

/// <summary>
/// A repository's files at one commit, in the standard cache: what is missing is loaded, and what is there is not asked for again. What
/// cannot be asked for (offline, no network) is served from the cache where it is whole.
/// </summary>
public static class HubSnapshot
{
    /// <summary>The folder of a model: config.json, tokenizer and safetensors.</summary>
    /// <exception cref="HubException">It cannot be downloaded; the message says why and what to do.</exception>
    public static string Model(HubRepository repository, HubOptions options, IHubProgress progress, CancellationToken stop = default) =>
        Get(repository, options, progress, CachedModel, LoadModel, stop);

    /// <summary>One file of a repository, such as data/train.jsonl: its path in the cache.</summary>
    /// <exception cref="HubException">It cannot be downloaded; the message says why and what to do.</exception>
    public static string File(HubRepository repository, string path, HubOptions options, IHubProgress progress, CancellationToken stop = default)
    {
        HubPaths.Checked(repository, path);
        return Get(repository, options, progress, Cached, Load, stop);

        string? Cached(HubCache cache, string commit) => System.IO.File.Exists(cache.File(commit, path)) ? cache.File(commit, path) : null;

        async Task<string> Load(HubWork work, HubListing listing)
        {
            if (!listing.Paths.Contains(path))
            {
                var near = DidYouMean.NearestFirst(path, listing.Paths.Where(HubPaths.IsInside)).Take(3);
                throw new HubException($"{repository}: has no file '{path}'. Near it are: {string.Join(", ", near)}.");
            }
            await work.Fetch([path], listing);
            return work.Cache.File(listing.Commit, path);
        }
    }

    /// <summary>All files of a split, such as train: their paths in the cache, in the order of their names.</summary>
    /// <exception cref="HubException">They cannot be downloaded, or no files or several sets of them are of the split.</exception>
    public static IReadOnlyList<string> Split(
        HubRepository repository, string split, HubOptions options, IHubProgress progress, CancellationToken stop = default)
    {
        return Get(repository, options, progress, Cached, Load, stop);

        IReadOnlyList<string>? Cached(HubCache cache, string commit)
        {
            var folder = cache.Snapshot(commit);
            if (!Directory.Exists(folder)) return null;
            string[] there = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(System.IO.File.Exists)
                .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))];
            try
            {
                return Paths(cache, commit, HubSplits.Files(repository, split, there));
            }
            catch (HubException)
            {
                return null; // not, or not all of it, in the cache
            }
        }

        async Task<IReadOnlyList<string>> Load(HubWork work, HubListing listing)
        {
            var files = HubSplits.Files(repository, split, listing.Paths);
            await work.Fetch(files, listing);
            return Paths(work.Cache, listing.Commit, files);
        }

        static IReadOnlyList<string> Paths(HubCache cache, string commit, IReadOnlyList<string> files) => [.. files.Select(file => cache.File(commit, file))];
    }

    private static string? CachedModel(HubCache cache, string commit)
    {
        var folder = cache.Snapshot(commit);
        if (!System.IO.File.Exists(Path.Combine(folder, "config.json"))) return null;
        if (System.IO.File.Exists(Path.Combine(folder, HubModelFiles.SingleFile))) return folder;
        var index = Path.Combine(folder, ShardIndex.FileName);
        return System.IO.File.Exists(index) && ShardIndex.Read(index).Values.Distinct().All(name => HubPaths.IsInside(name) && System.IO.File.Exists(Path.Combine(folder, name)))
            ? folder
            : null;
    }

    private static async Task<string> LoadModel(HubWork work, HubListing listing)
    {
        var first = HubModelFiles.First(work.Repository, listing.Paths);
        var folder = work.Cache.Snapshot(listing.Commit);
        // The index and the small files come first: they say what else there is, and a mistake shows before gigabytes.
        await work.Fetch([.. first.Where(name => name != HubModelFiles.SingleFile)], listing);
        await work.Fetch(first.Contains(HubModelFiles.SingleFile)
            ? [HubModelFiles.SingleFile]
            : HubModelFiles.Shards(work.Repository, Path.Combine(folder, ShardIndex.FileName), listing.Paths), listing);
        return folder;
    }

    private static T Get<T>(HubRepository repository, HubOptions options, IHubProgress progress, Func<HubCache, string, T?> cached,
        Func<HubWork, HubListing, Task<T>> load, CancellationToken stop)
        where T : class
    {
        var cache = new HubCache(options, repository);
        var known = cache.KnownCommit() is { } commit ? cached(cache, commit) : null;
        // A commit never changes; a branch may.
        if (known is not null && (options.Offline || HubPaths.Hash(repository.Revision) is { Length: 40 })) return known;
        if (options.Offline)
            throw new HubException($"{repository}: is not in the cache ({cache.Folder}), or not all of it, and HF_HUB_OFFLINE forbids to load it. Unset HF_HUB_OFFLINE once, or name a folder.");
        try
        {
            return Task.Run(() => Load(cache)).GetAwaiter().GetResult();
        }
        catch (HubException problem) when (problem.Unreachable && known is not null)
        {
            progress.Say($"{problem.Message} Using what is cached in {cache.Folder}");
            return known;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HubException($"{cache.Folder}: cannot be written: {e.Message} Set HF_HOME to a folder that this user may write to.", e);
        }

        async Task<T> Load(HubCache cache)
        {
            using var client = new HubClient(options, progress);
            var listing = await HubListing.Read(client, repository, stop);
            var path = await load(new HubWork(client, repository, cache, progress, stop), listing);
            cache.Remember(listing.Commit);
            return path;
        }
    }
}
