using NoraPipelines.Adapters;
using NoraPipelines.Export;
using NoraPipelines.Initialization;
using NoraPipelines.Models.Llama;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tests.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Initialization;

public sealed class AdapterStartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LlamaModel _model = TinyDecoder.Create();

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(6)]
    [InlineData(1.5)]
    public void Training_goes_on_from_the_function_that_the_folder_holds(double alpha)
    {
        Save(rank: 3, alpha: 6);
        using var adapters = Adapters(rank: 3, alpha, seed: 9);
        var report = AdapterStart.Read(_folder.Path, adapters);
        using var saved = PeftAdapter.Load(_folder.Path);
        Assert.Equal(adapters.Items.Count, report.Projections.Count);
        foreach (var (projection, adapter) in adapters.Items)
        {
            var (lora, module) = ((LowRankAdapter)adapter, saved.Modules[projection.Path]);
            using var ours = lora.Fold();
            using var theirs = module.Fold();
            Assert.True(ours.B.matmul(ours.A).allclose(theirs.B.matmul(theirs.A), rtol: 1e-5, atol: 1e-7));
            Assert.True(lora.A.requires_grad && lora.B.requires_grad);
        }
        Assert.All(report.Projections, projection => Assert.True(projection.StartRatio > 0 && projection.Warning is null));
    }

    [Theory]
    [InlineData(2, 6.0, false, "the folder's rank is 3, the spec's is 2")]
    [InlineData(3, 6.0, true, "v_proj: the spec puts no adapter there")]
    public void What_does_not_fit_is_refused_with_both_sides(int rank, double alpha, bool fewer, string expected)
    {
        Save(rank: 3, alpha: 6);
        using var adapters = Adapters(rank, alpha, seed: 9, fewer);
        Assert.Contains(expected, Assert.Throws<NoraException>(() => AdapterStart.Read(_folder.Path, adapters)).Message);
    }

    private void Save(int rank, double alpha)
    {
        using var adapters = Adapters(rank, alpha, seed: 3);
        using (no_grad())
        {
            foreach (var item in adapters.Items) ((LowRankAdapter)item.Adapter).B.normal_(0, 0.1);
        }
        PeftExport.Write(_folder.Path, adapters, "base");
    }

    private AdapterSet Adapters(int rank, double alpha, long seed, bool fewer = false)
    {
        var set = new AdapterSet();
        foreach (var projection in _model.Projections.Where(projection => projection.Path.EndsWith("q_proj", StringComparison.Ordinal)
            || (!fewer && projection.Path.EndsWith("v_proj", StringComparison.Ordinal))))
        {
            set.Add(projection, new LowRankAdapter(projection.OutFeatures, projection.InFeatures, rank, alpha, 0, CPU, seed));
        }
        return set;
    }
}
