using NoraPipelines.Interop;
using NoraPipelines.Kernels;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Interop;

/// <summary>All tests of this assembly run on the pool: <see cref="PooledTensors"/> installs it.</summary>
public sealed unsafe class TensorMemoryTests
{
    [Fact]
    public void On_linux_the_pool_serves_libtorch()
    {
        Assert.Equal(
            OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64
                && LibtorchOperators.IsOn,
            TensorMemory.Install());
    }

    [Fact]
    public void A_tensor_has_its_memory_from_the_pool_and_gives_it_back()
    {
        if (TensorMemory.Installed is not { } pool) return;
        // Other tests take and give at the same time: a tensor larger than all of theirs together.
        const long bytes = 3L << 30;
        using (NewDisposeScope())
        {
            var tensor = empty([bytes], uint8);
            Assert.True(pool.InUse >= bytes);
            Assert.Equal(0, (nint)FusedCpu.Pointer<byte>(tensor) % BlockPool.Alignment);
            tensor[bytes - 1] = 7;
            Assert.Equal(7, tensor[bytes - 1].item<byte>());
        }
        Assert.True(pool.InUse < bytes);
    }

    [Fact]
    public void Tensors_are_filled_resized_and_copied_as_ever()
    {
        using var scope = NewDisposeScope();
        var numbers = arange(100_000).to(float32);
        Assert.Equal(4_999_950_000.0, numbers.to(float64).sum().item<double>());
        Assert.Equal(0, zeros(200_000).count_nonzero().item<long>()); // not what was in the block before
        Assert.True(numbers.clone().Equals(numbers));
        Assert.Equal(0, empty(0).numel());
        var grown = cat([numbers, numbers]);
        Assert.True(grown.narrow(0, 100_000, 100_000).Equals(numbers));
        Assert.Equal([1, 2, 3], tensor(new[] { 1, 2, 3 }).data<int>().ToArray());
    }

    [Fact]
    public void Where_there_is_no_memory_the_process_is_told()
    {
        if (TensorMemory.Installed is null) return;
        var (outer, inner) = (0L, 0L);
        using var toldLast = new OutOfMemoryHandler(bytes => outer = bytes);
        using (new OutOfMemoryHandler(bytes => inner = bytes))
        {
            using var never = empty([1L << 50], uint8);
        }
        Assert.Equal((0, 1L << 50), (outer, inner));
        using var neither = empty([1L << 51], uint8);
        Assert.Equal((1L << 51, 1L << 50), (outer, inner));
    }
}
