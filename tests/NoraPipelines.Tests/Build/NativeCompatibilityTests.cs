using NoraPipelines.Build;
using NoraPipelines.Tests.Checkpoints;

namespace NoraPipelines.Tests.Build;

/// <summary>The build step that lets TorchSharp's library load beside an older libstdc++, tried on copies of the real library.</summary>
public sealed class NativeCompatibilityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LinuxFact]
    public void The_version_requirement_is_made_weak_once_and_only_one_byte_changes()
    {
        var original = PackagedLibrary();
        var copy = _folder["libLibTorchSharp.so"];
        File.Copy(original, copy);

        Assert.True(NativeCompatibility.MakeVersionWeak(copy));
        Assert.False(NativeCompatibility.MakeVersionWeak(copy));

        var before = File.ReadAllBytes(original);
        var after = File.ReadAllBytes(copy);
        Assert.Equal(before.Length, after.Length);
        var changed = Enumerable.Range(0, before.Length).Where(index => before[index] != after[index]).ToList();
        Assert.Equal(2, before[Assert.Single(changed)] ^ after[changed[0]]);
    }

    [LinuxFact]
    public void A_hard_link_to_the_package_cache_keeps_its_bytes() => TorchSharpPackage.ChangesOnlyTheLink(
        _folder.Path, PackagedLibrary(), library => NativeCompatibility.MakeVersionWeak(library));

    [Fact]
    public void A_file_that_is_no_library_is_refused_with_its_path()
    {
        var file = _folder["libLibTorchSharp.so"];
        File.WriteAllText(file, "version https://git-lfs.github.com/spec/v1, and sixty-four bytes of text at the least");
        var problem = Assert.Throws<InvalidDataException>(() => NativeCompatibility.MakeVersionWeak(file));
        Assert.Contains(file, problem.Message);
    }

    [LinuxFact]
    public void A_library_cut_at_any_of_many_places_is_refused_or_left_alone()
    {
        var bytes = File.ReadAllBytes(PackagedLibrary());
        var random = new Random(1);
        for (var round = 0; round < 40; round++)
        {
            var file = _folder[$"{round}.so"];
            File.WriteAllBytes(file, bytes[..random.Next(bytes.Length)]);
            Assert.Throws<InvalidDataException>(() => NativeCompatibility.MakeVersionWeak(file));
        }
    }

    private static string PackagedLibrary() => TorchSharpPackage.File("runtimes", "linux-x64", "native", "libLibTorchSharp.so");
}

/// <summary>A test of something that Linux alone has.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "needs what Linux alone has: its native library, /proc, POSIX signals or hard links by ln";
    }
}

/// <summary>A theory that runs on Linux only; elsewhere it is skipped with the reason.</summary>
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = new LinuxFactAttribute().Skip;
    }
}
