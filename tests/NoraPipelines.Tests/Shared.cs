namespace NoraPipelines.Tests;

/// <summary>
/// The folder of reference inputs and outputs that lies beside the repository, or where NORA_SHARED points. It is not part of the
/// project; tests that need it are skipped aloud where it is missing.
/// </summary>
public static class Shared
{
    private static readonly string? Root = Find();

    /// <summary>Absolute path of a file or folder below the shared folder.</summary>
    public static string Path(string relative) =>
        System.IO.Path.Combine(Root ?? throw new DirectoryNotFoundException("../shared is missing; set NORA_SHARED"), relative);

    public static bool Has(string relative)
    {
        if (Root is null) return false;
        var path = System.IO.Path.Combine(Root, relative);
        return Directory.Exists(path) || File.Exists(path);
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("NORA_SHARED") is { Length: > 0 } given) return Directory.Exists(given) ? given : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(System.IO.Path.Combine(folder.FullName, "NoraPipelines.sln"))) continue;
            var shared = System.IO.Path.Combine(folder.FullName, "..", "shared");
            return Directory.Exists(shared) ? System.IO.Path.GetFullPath(shared) : null;
        }
        return null;
    }
}

/// <summary>A test that needs files of the shared folder; skipped, with the reason, where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(params string[] needed)
    {
        if (needed.FirstOrDefault(path => !Shared.Has(path)) is { } missing) Skip = $"../shared/{missing} is not here (set NORA_SHARED)";
    }
}

/// <summary>A theory that needs files of the shared folder; skipped, with the reason, where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute(params string[] needed)
    {
        if (needed.FirstOrDefault(path => !Shared.Has(path)) is { } missing) Skip = $"../shared/{missing} is not here (set NORA_SHARED)";
    }
}
