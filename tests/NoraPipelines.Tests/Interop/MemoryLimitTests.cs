using NoraPipelines.Interop;

namespace NoraPipelines.Tests.Interop;

public sealed class MemoryLimitTests
{
    private static readonly string[] Machine = ["MemTotal:       24000000 kB", "MemFree:        1 kB", "SwapTotal:       1000000 kB"];

    [Fact]
    public void The_machine_counts_with_its_swap() => Assert.Equal(25_000_000L * 1024, MemoryLimit.Of(Machine, []));

    [Theory]
    [InlineData("4000000000", 4_000_000_000)]
    [InlineData("max", 25_600_000_000)]
    [InlineData("9223372036854771712", 25_600_000_000)]
    public void A_container_may_have_less(string limit, long expected) => Assert.Equal(expected, MemoryLimit.Of(Machine, [limit]));

    [Fact]
    public void A_process_is_in_its_own_group_and_in_those_above_it()
    {
        Assert.Equal(
            ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/user.slice/run.scope/memory.max",
                "/sys/fs/cgroup/user.slice/memory.max", "/sys/fs/cgroup/memory/docker/memory.limit_in_bytes"],
            MemoryLimit.Groups(["0::/user.slice/run.scope", "4:cpu,memory:/docker", "3:pids:/docker"]));
    }

    [Fact]
    public void Where_nothing_is_known_nothing_is_refused() => Assert.Equal(long.MaxValue, MemoryLimit.Of([], []));
}
