namespace NoraPipelines.Tests;

/// <summary>The repository that the tests were built in.</summary>
internal static class Repository
{
    private static readonly string Root = Find();

    /// <summary>Absolute path of a file or folder of the repository.</summary>
    public static string Path(string relative) => System.IO.Path.GetFullPath(System.IO.Path.Combine(Root, relative));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "NoraPipelines.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"no NoraPipelines.sln above {AppContext.BaseDirectory}");
    }
}
