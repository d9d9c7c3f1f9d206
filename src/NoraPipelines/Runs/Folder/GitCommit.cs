using System.ComponentModel;
using System.Diagnostics;

namespace NoraPipelines.Runs.Folder;

/// <summary>Which commit of the user's project a run was made from.</summary>
internal static class GitCommit
{
    /// <summary>The commit's hash, with "-dirty" where tracked files differ from it; null without git or outside of a repository.</summary>
    public static string? Of(string folder)
    {
        if (!Directory.Exists(folder) || Ask(folder, "rev-parse", "HEAD") is not { Length: >= 40 } commit) return null;
        return Ask(folder, "status", "--porcelain", "--untracked-files=no") is { Length: > 0 } ? commit + "-dirty" : commit;
    }

    private static string? Ask(string folder, params string[] arguments)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", folder, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            });
            if (git is null) return null;
            var answer = git.StandardOutput.ReadToEndAsync();
            if (!git.WaitForExit(3000))
            {
                git.Kill();
                return null;
            }
            return git.ExitCode == 0 ? answer.GetAwaiter().GetResult().Trim() : null;
        }
        catch (Win32Exception)
        {
            return null; // git is not installed
        }
    }
}
