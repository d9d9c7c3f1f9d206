using NoraPipelines.Export;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tests.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

public class MethodStartTests
{
    [Theory]
    [InlineData("dora")]
    [InlineData("pissa")]
    [InlineData("vera")]
    [InlineData("lokr")]
    public void A_start_leaves_the_function_as_it_was_and_has_gradients(string method)
    {
        using var small = new SmallProjection();
        var (plain, x) = (small.Projection.Forward(small.X), small.X);
        using var set = Started(small, method);
        Near.Check(plain, small.Projection.Forward(x), 1e-5, 1e-5, "output");
        Near.Check(zeros(SmallProjection.Out, SmallProjection.In), set.Items[0].Adapter.Delta(), 1e-5, 0, "delta");
        small.Projection.Forward(x).square().sum().backward();
        Assert.Contains(set.Trainable, parameter => parameter.Value.grad is { } gradient && gradient.abs().max().item<float>() > 0);
        Assert.All(set.Items[0].Adapter.Frozen, named => Assert.Null(named.Value.grad));
    }

    [Theory]
    [InlineData("dora")]
    [InlineData("pissa")]
    [InlineData("vera")]
    [InlineData("lokr")]
    public void What_is_merged_is_what_was_trained(string method)
    {
        using var small = new SmallProjection();
        using var set = Started(small, method);
        using (no_grad())
            foreach (var (_, value) in set.Trainable) value.add_(small.Draw(value.shape) * 0.3);
        var adapted = small.Projection.Forward(small.X);
        var merged = nn.functional.linear(small.X, small.Projection.Weight + set.Items[0].Adapter.Delta(), small.Projection.Bias);
        Near.Check(merged, adapted, 1e-4, 1e-4, "merged");
    }

    [Fact]
    public void Veras_slices_outlive_the_pair_and_share_its_memory()
    {
        using var small = new SmallProjection();
        VeraAdapter first, second;
        using (var pair = VeraStart.DrawPair([small.Projection], rank: 3, seed: 5))
        {
            first = new VeraAdapter(SmallProjection.Out, SmallProjection.In, pair, dropout: 0);
            second = new VeraAdapter(7, 4, pair, dropout: 0);
        }
        Assert.InRange((double)first.A.abs().max().item<float>(), 0.5 * Math.Sqrt(6.0 / SmallProjection.In), Math.Sqrt(6.0 / SmallProjection.In));
        first.A.fill_(2);
        first.Dispose();
        Assert.Equal(2, second.A.min().item<float>());
        second.Dispose();
    }

    [Fact]
    public void Dora_is_no_plain_lora_and_is_not_exported_as_one()
    {
        using var folder = new TemporaryFolder();
        using var small = new SmallProjection();
        using var set = Started(small, "dora");
        var message = Assert.Throws<NoraException>(() => PeftExport.Write(folder.Path, set, "base")).Message;
        Assert.Contains("Export the merged model instead", message);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("pissa", 4)]
    [InlineData("vera", 2)]
    [InlineData("lokr", 4)]
    public void The_others_become_a_plain_lora_with_the_same_change(string method, int rank)
    {
        using var folder = new TemporaryFolder();
        using var small = new SmallProjection();
        using var set = Started(small, method);
        using (no_grad())
            foreach (var (_, value) in set.Trainable) value.add_(small.Draw(value.shape) * 0.3);
        PeftExport.Write(folder.Path, set, "base");
        using var loaded = PeftAdapter.Load(folder.Path);
        var module = loaded.Modules[small.Projection.Path];
        Assert.Equal(rank, module.Rank);
        Near.Check(set.Items[0].Adapter.Delta(), module.Fold().Product(), 1e-5, 1e-5, "delta");
    }

    [Fact]
    public void Ranks_and_ratios_that_cannot_be_are_refused()
    {
        using var small = new SmallProjection();
        Assert.Contains("allows 1 to 2", Assert.Throws<NoraException>(() => new LokrAdapter(12, 10, rank: 3, alpha: 1, dropout: 0, CPU)).Message);
        Assert.Contains("allows 1 to 10", Assert.Throws<NoraException>(() => new PissaAdapter(12, 10, rank: 11, alpha: 1, dropout: 0, CPU)).Message);
        Assert.Contains("at least 1", Assert.Throws<NoraException>(() => new DoraAdapter(small.Projection, 0, 1, 0)).Message);
        using var pair = VeraStart.DrawPair([small.Projection], rank: 3, seed: 5);
        Assert.Contains("up to [12, 10]", Assert.Throws<NoraException>(() => new VeraAdapter(13, 10, pair, dropout: 0)).Message);
        Assert.Contains("above 0", Assert.Throws<NoraException>(() => LoraPlusGroups.Of(0)).Message);
    }

    private static AdapterSet Started(SmallProjection small, string method)
    {
        var set = new AdapterSet();
        const int Out = SmallProjection.Out, In = SmallProjection.In;
        switch (method)
        {
            case "dora":
                set.Add(small.Projection, new DoraAdapter(small.Projection, rank: 2, alpha: 4, dropout: 0));
                DoraStart.Initialise(set, 3);
                break;
            case "pissa":
                set.Add(small.Projection, new PissaAdapter(Out, In, rank: 2, alpha: 4, dropout: 0, CPU));
                PissaStart.Initialise(set, 3);
                break;
            case "vera":
                using (var pair = VeraStart.DrawPair([small.Projection], rank: 2, seed: 3))
                    set.Add(small.Projection, new VeraAdapter(Out, In, pair, dropout: 0));
                VeraStart.Initialise(set);
                break;
            default:
                set.Add(small.Projection, new LokrAdapter(Out, In, rank: 2, alpha: 4, dropout: 0, CPU));
                LokrStart.Initialise(set, 3);
                break;
        }
        return set;
    }
}
