namespace NoraPipelines.Generator.Tests;

/// <summary>Files of this repository.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "NoraPipelines.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("NoraPipelines.sln is in no folder above the tests");
    }
}
