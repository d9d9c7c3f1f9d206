using System.Text.RegularExpressions;

namespace NoraPipelines.Checkpoints.Hub;

/// <summary>A repository of the hub at a revision.</summary>
public sealed partial record HubRepository
{
    private HubRepository(bool isDataset, string name, string revision) => (IsDataset, Name, Revision) = (isDataset, name, revision);

    public bool IsDataset { get; }

    /// <summary>owner/name; old repositories have a name alone.</summary>
    public string Name { get; }

    /// <summary>A branch, a tag or a commit.</summary>
    public string Revision { get; }

    /// <exception cref="HubException">Name or revision is of another form.</exception>
    public static HubRepository Model(string name, string revision = "main") => Of(false, name, revision);

    /// <exception cref="HubException">Name or revision is of another form.</exception>
    public static HubRepository Dataset(string name, string revision = "main") => Of(true, name, revision);

    public override string ToString() => Revision == "main" ? Name : $"{Name}@{Revision}";

    /// <summary>models--owner--name, as every program that shares the cache has it.</summary>
    internal string FolderName => (IsDataset ? "datasets--" : "models--") + Name.Replace("/", "--");

    internal string ApiPath => $"api/{(IsDataset ? "datasets" : "models")}/{Name}";

    internal string FilePath(string commit, string file) =>
        $"{(IsDataset ? "datasets/" : "")}{Name}/resolve/{Uri.EscapeDataString(commit)}/{string.Join('/', file.Split('/').Select(Uri.EscapeDataString))}";

    private static HubRepository Of(bool isDataset, string name, string revision)
    {
        if (!NamePattern().IsMatch(name) || name.Contains("..") || name.Contains("--"))
            throw new HubException($"'{name}' is no repository of the hub; expected owner/name, such as meta-llama/Meta-Llama-3-8B.");
        if (!RevisionPattern().IsMatch(revision) || revision.Split('/').Any(part => part is "" or "." or ".."))
            throw new HubException($"'{revision}' is no revision of {name}; expected a branch, a tag or a commit, such as main.");
        return new HubRepository(isDataset, name, revision);
    }

    [GeneratedRegex(@"^([A-Za-z0-9][A-Za-z0-9._-]{0,95}/)?[A-Za-z0-9_][A-Za-z0-9._-]{0,95}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._/+-]{0,199}\z")]
    private static partial Regex RevisionPattern();
}
