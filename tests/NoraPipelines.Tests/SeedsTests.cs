
namespace NoraPipelines.Tests;

public sealed class SeedsTests
{
    [Fact]
    public void SplitMix64_gives_the_published_sequence()
    {
        // The first outputs for seed 1234567 (Rosetta Code, "Pseudo-random numbers/Splitmix64").
        ulong[] expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        var state = 1234567UL;
        foreach (var value in expected)
        {
            Assert.Equal(value, Seeds.SplitMix64(state));
            state = unchecked(state + 0x9E3779B97F4A7C15UL);
        }
    }

    [Fact]
    public void Seeds_of_neighbouring_runs_and_steps_all_differ_and_are_not_negative()
    {
        var seen = new HashSet<long>();
        for (var seed = -5; seed < 95; seed++)
        {
            for (var step = 0; step < 200; step++)
            {
                var mixed = Seeds.Mix(seed, step);
                Assert.True(mixed >= 0);
                Assert.True(seen.Add(mixed), $"seed {seed}, step {step}");
            }
        }
        Assert.Equal(20_000, seen.Count);
    }

    [Fact]
    public void A_named_stream_depends_on_seed_and_name_alone()
    {
        Assert.Equal(Seeds.Mix(1, "model.layers.0.q_proj"), Seeds.Mix(1, "model.layers.0.q_proj"));
        Assert.NotEqual(Seeds.Mix(1, "model.layers.0.q_proj"), Seeds.Mix(1, "model.layers.0.k_proj"));
        Assert.NotEqual(Seeds.Mix(1, "model.layers.0.q_proj"), Seeds.Mix(2, "model.layers.0.q_proj"));
    }
}
