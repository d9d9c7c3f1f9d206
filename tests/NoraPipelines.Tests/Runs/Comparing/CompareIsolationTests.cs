using TorchSharp;

namespace NoraPipelines.Tests.Runs.Comparing;

[Collection(RandomState.Name)]
public sealed class CompareIsolationTests
{
    private const string Weights = "checkpoints/step-000012/trainable.safetensors";

    [Fact]
    public void Every_run_gives_its_tensors_back_also_one_that_failed()
    {
        var live = new List<long>();
        var (command, a, _) = FakeComparison.Two(second: step => { if (step.Step == 1) live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount); });
        using var _0 = command;
        a.LossFactor = static step => step == 5 ? double.PositiveInfinity : 1;
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Assert.Equal(1, command.Run("compare", "sweep", "--seeds", "1,2,3"));

        Assert.Equal(3, live.Count);
        Assert.Single(live.Distinct());
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_variant_ends_with_the_bytes_of_its_run_alone_whatever_ran_before()
    {
        var (command, _, _) = FakeComparison.Two(first: static _ => torch.rand(3).Dispose()); // draws that the other variant must not feel
        using var _0 = command;
        Assert.Equal(0, command.Run("compare", "sweep", "--seeds", "7", "--output", "out"));

        var (alone, _, _) = FakeComparison.Two();
        using var _1 = alone;
        torch.manual_seed(99);
        Assert.Equal(0, alone.Run("run", "sweep.b", "--seed", "7", "--output", "out"));

        Assert.Equal(File.ReadAllBytes(alone["out", Weights]), File.ReadAllBytes(command["out", "b", "7", Weights]));
    }

    [Fact]
    public void A_run_begins_with_random_state_that_is_its_seeds_alone()
    {
        var drawn = new List<float>();
        var (command, a, b) = FakeComparison.Two();
        using var _0 = command;
        a.OnBegin = b.OnBegin = () =>
        {
            using var draw = torch.rand(1);
            drawn.Add(draw.item<float>());
        };

        Assert.Equal(0, command.Run("compare", "sweep", "--seeds", "1,2", "--set", "training.steps=1"));

        Assert.Equal([drawn[0], drawn[0], drawn[2], drawn[2]], drawn);
        Assert.NotEqual(drawn[0], drawn[2]);
    }
}
