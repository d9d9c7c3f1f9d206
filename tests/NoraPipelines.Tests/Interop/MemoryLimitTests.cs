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
    public void Where_nothing_is_known_nothing_is_refused() => Assert.Equal(long.MaxValue, MemoryLimit.Of([], []));
}
