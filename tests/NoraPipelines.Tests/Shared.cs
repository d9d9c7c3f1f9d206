namespace NoraPipelines.Tests;

/// <summary>
/// The folder of published models, tokenizers and data sets beside the repository, or where NORA_SHARED points. It is not part of the project; a
/// test that needs it is skipped where it is missing, and says what it lacks.
/// </summary>
public static class Shared
{
    private static readonly string? Root = Find();

    /// <summary>Absolute path of a file or folder below the shared folder.</summary>
    public static string Path(string relative) =>
        System.IO.Path.Combine(Root ?? throw new DirectoryNotFoundException("../shared is missing; set NORA_SHARED to the folder that holds it"), relative);

    public static bool Has(string relative)
    {
        if (Root is null) return false;
        var path = System.IO.Path.Combine(Root, relative);
        return Directory.Exists(path) || File.Exists(path);
    }

    /// <summary>Why a test that needs these files cannot run, or null when it can.</summary>
    public static string? Lacks(params string[] needed) => needed.FirstOrDefault(path => !Has(path)) is { } missing
        ? $"needs {missing}, which is not part of the repository: expected in ../shared, or set NORA_SHARED to the folder that holds it"
        : null;

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("NORA_SHARED") is { Length: > 0 } given) return Directory.Exists(given) ? given : null;
        var beside = Repository.Path("../shared");
        return Directory.Exists(beside) ? beside : null;
    }
}

/// <summary>A test that needs files of the shared folder; skipped, with the reason, where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(params string[] needed) => Skip = Shared.Lacks(needed);
}

/// <summary>A theory that needs files of the shared folder; skipped, with the reason, where they are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute(params string[] needed) => Skip = Shared.Lacks(needed);
}
