namespace NoraPipelines.Data;

/// <summary>Where rows are read from, in this order: each path is a file, a folder with data files, or a glob.</summary>
public sealed record DataFiles(IReadOnlyList<string> Paths)
{
    public static implicit operator DataFiles(string path) => new([path]);

    /// <summary>As messages have it.</summary>
    public override string ToString() => string.Join(", ", Paths);
}
