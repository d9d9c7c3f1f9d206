namespace NoraPipelines.Tests.Build;

/// <summary>TorchSharp as its package has it, for tests of what the build makes of it.</summary>
internal static class TorchSharpPackage
{
    public static string File(params string[] path)
    {
        var version = typeof(TorchSharp.torch).Assembly.GetName().Version!;
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return Path.Combine([packages, "torchsharp", version.ToString(3), .. path]);
    }

    public static void HardLink(string existing, string link)
    {
        using var process = System.Diagnostics.Process.Start("ln", [existing, link]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
