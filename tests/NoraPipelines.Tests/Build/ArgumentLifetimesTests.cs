using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using NoraPipelines.Build;
using NoraPipelines.Tests.Checkpoints;

namespace NoraPipelines.Tests.Build;

/// <summary>The build step that keeps TorchSharp's arguments alive, tried on copies of the real assembly.</summary>
public sealed class ArgumentLifetimesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_method_with_a_body_is_marked_once_and_nothing_else_changes()
    {
        var original = TorchSharpPackage.File("lib", "net8.0", "TorchSharp.dll");
        var copy = _folder["TorchSharp.dll"];
        File.Copy(original, copy);

        Assert.True(ArgumentLifetimes.LastUntilReturn(copy));
        Assert.False(ArgumentLifetimes.LastUntilReturn(copy));

        var marks = Methods(copy, MethodImplAttributes.NoOptimization);
        Assert.InRange(marks.Count, 1000, int.MaxValue);
        Assert.Equal(Methods(copy, 0), marks);
        var before = File.ReadAllBytes(original);
        var after = File.ReadAllBytes(copy);
        var changes = before.Zip(after, (one, other) => one ^ other).Where(change => change != 0).ToList();
        Assert.Equal(marks.Count - Methods(original, MethodImplAttributes.NoOptimization).Count, changes.Count);
        Assert.All(changes, change => Assert.Equal((int)MethodImplAttributes.NoOptimization, change));
        Assert.Equal(File.GetLastWriteTimeUtc(original), File.GetLastWriteTimeUtc(copy)); // an incremental build copies it no second time
    }

    [LinuxFact]
    public void A_hard_link_to_the_package_cache_keeps_its_bytes() => TorchSharpPackage.ChangesOnlyTheLink(
        _folder.Path, TorchSharpPackage.File("lib", "net8.0", "TorchSharp.dll"), ArgumentLifetimes.LastUntilReturn);

    [Fact]
    public void A_file_that_is_no_assembly_or_was_cut_is_refused_with_its_path()
    {
        var file = _folder["TorchSharp.dll"];
        File.WriteAllText(file, "version https://git-lfs.github.com/spec/v1, and sixty-four bytes of text at the least");
        Assert.Contains(file, Assert.Throws<InvalidDataException>(() => ArgumentLifetimes.LastUntilReturn(file)).Message);

        var bytes = File.ReadAllBytes(TorchSharpPackage.File("lib", "net8.0", "TorchSharp.dll"));
        var random = new Random(1);
        for (var round = 0; round < 40; round++)
        {
            File.WriteAllBytes(file, bytes[..random.Next(bytes.Length)]);
            Assert.Throws<InvalidDataException>(() => ArgumentLifetimes.LastUntilReturn(file));
        }
    }

    /// <summary>The numbers of the methods that have a body and these flags.</summary>
    private static List<int> Methods(string assembly, MethodImplAttributes flags)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        return
        [
            .. metadata.MethodDefinitions
                .Where(handle => metadata.GetMethodDefinition(handle) is { RelativeVirtualAddress: not 0 } method && (method.ImplAttributes & flags) == flags)
                .Select(handle => MetadataTokens.GetRowNumber(handle)),
        ];
    }
}
