namespace NoraPipelines.Checkpoints.Hub;

/// <summary>
/// The standard cache of one repository, shared with huggingface_hub: blobs/HASH holds contents, snapshots/COMMIT/name links to them,
/// refs/REVISION names a commit.
/// </summary>
internal sealed class HubCache(HubOptions options, HubRepository repository)
{
    public string Folder { get; } = Path.Combine(options.CacheFolder, repository.FolderName);

    public string Blob(string hash) => Path.Combine(Folder, "blobs", hash);

    /// <summary>What is there of a blob that is being loaded; stays when the process is killed.</summary>
    public string Partial(string hash) => Blob(hash) + ".incomplete";

    public string Lock(string hash) => Path.Combine(options.CacheFolder, ".locks", repository.FolderName, hash + ".lock");

    public string Snapshot(string commit) => Path.Combine(Folder, "snapshots", commit);

    public string File(string commit, string path) => Path.Combine([Snapshot(commit), .. path.Split('/')]);

    /// <summary>Makes a folder of the cache. The cache as a whole may be reached through a link; nothing in it may, since nothing is written through one.</summary>
    /// <exception cref="HubException">A folder on the way is a link.</exception>
    public string MakeFolder(string folder)
    {
        var at = options.CacheFolder;
        foreach (var part in Path.GetRelativePath(at, folder).Split(Path.DirectorySeparatorChar))
        {
            at = Path.Combine(at, part);
            if (new DirectoryInfo(at).LinkTarget is { } target)
                throw new HubException($"{at}: is a link to {target}, and a download writes through none. Put the folder itself there, or name another cache with HF_HUB_CACHE.");
        }
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>The commit that the revision was when it was last asked for; null where it never was.</summary>
    public string? KnownCommit()
    {
        if (HubPaths.Hash(repository.Revision) is { Length: 40 } commit) return commit;
        var path = Ref();
        try
        {
            return System.IO.File.Exists(path) && HubPaths.Hash(System.IO.File.ReadAllText(path)) is { Length: 40 } known ? known : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Remember(string commit)
    {
        if (repository.Revision == commit) return;
        MakeFolder(Path.GetDirectoryName(Ref())!);
        AtomicFile.WriteText(Ref(), commit);
    }

    /// <summary>Puts a blob into a snapshot under its name: a relative link, or a copy where links may not be made.</summary>
    public void Link(string commit, HubFile file)
    {
        var path = File(commit, file.Path);
        var blob = Blob(file.Hash);
        var folder = MakeFolder(Path.GetDirectoryName(path)!);
        var target = Path.GetRelativePath(folder, blob);
        if (new FileInfo(path).LinkTarget == target) return;
        System.IO.File.Delete(path);
        try
        {
            System.IO.File.CreateSymbolicLink(path, target);
        }
        catch (IOException) when (System.IO.File.Exists(path))
        {
            // Another process made it.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            System.IO.File.Copy(blob, path, overwrite: true);
        }
    }

    private string Ref() => Path.Combine([Folder, "refs", .. repository.Revision.Split('/')]);
}
