using NoraPipelines.Interop;

namespace NoraPipelines.Tests.Interop;

public sealed class OpenMpSettingsTests
{
    private static readonly string[] Status = ["Name:\tnora", "Cpus_allowed:\tff,ffffffff", "Cpus_allowed_list:\t0-39"];

    [Fact]
    public void A_share_of_the_processors_gets_as_many_threads() =>
        Assert.Equal([("GOMP_SPINCOUNT", "20000"), ("OMP_NUM_THREADS", "4")], Missing(4));

    [Fact]
    public void All_processors_are_left_to_libtorch() => Assert.Equal([("GOMP_SPINCOUNT", "20000")], Missing(40));

    [Theory]
    [InlineData("OMP_WAIT_POLICY", "OMP_NUM_THREADS")]
    [InlineData("GOMP_SPINCOUNT", "OMP_NUM_THREADS")]
    [InlineData("OMP_NUM_THREADS", "GOMP_SPINCOUNT")]
    public void What_the_user_has_set_stays(string given, string only) => Assert.Equal(only, Assert.Single(Missing(4, given)).Name);

    [Fact]
    public void A_system_that_tells_no_mask_changes_no_number_of_threads() =>
        Assert.DoesNotContain("OMP_NUM_THREADS", OpenMpSettings.Missing(new HashSet<string>(), 1, []).Select(setting => setting.Name));

    private static (string Name, string Value)[] Missing(int processors, params string[] given) =>
        [.. OpenMpSettings.Missing(given.ToHashSet(), processors, Status)];
}
