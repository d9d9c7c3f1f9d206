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

    /// <summary>Changes a hard link to a copy of a packaged file, as an output folder has one, and looks at both names.</summary>
    public static void ChangesOnlyTheLink(string folder, string packaged, Func<string, bool> change)
    {
        var cached = Path.Combine(folder, "cached");
        var output = Path.Combine(folder, "output");
        System.IO.File.Copy(packaged, cached);
        using (var process = System.Diagnostics.Process.Start("ln", [cached, output]))
        {
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }
        var before = System.IO.File.ReadAllBytes(cached);

        Assert.True(change(output));

        Assert.Equal(before, System.IO.File.ReadAllBytes(cached));
        Assert.NotEqual(before, System.IO.File.ReadAllBytes(output));
    }
}
