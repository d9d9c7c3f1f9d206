using System.Text.Json.Nodes;
using NoraPipelines.Export;
using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Models.Llama;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tests.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Methods;

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
        var report = AdapterStart.Read(_folder.Path, adapters, _model);
        using var saved = PeftAdapter.Load(_folder.Path);
        Assert.Equal(adapters.Items.Count, report.Projections.Count);
        foreach (var (projection, adapter) in adapters.Items)
        {
            var (lora, module) = ((LoraAdapter)adapter, saved.Modules[projection.Path]);
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
        Assert.Contains(expected, Assert.Throws<NoraException>(() => AdapterStart.Read(_folder.Path, adapters, _model)).Message);
    }

    [Fact]
    public void A_dylora_goes_on_from_a_lora_of_its_rank_and_an_adalora_from_none()
    {
        using var scope = NewDisposeScope();
        Save(rank: 3, alpha: 6);
        using var saved = PeftAdapter.Load(_folder.Path);
        string[] placed = [.. saved.Modules.Keys];
        using (var dylora = new AdapterSet())
        {
            foreach (var projection in _model.Projections.Where(one => placed.Contains(one.Path))) dylora.AddDyLora(projection, rank: 3, alpha: 1.5);
            AdapterStart.Read(_folder.Path, dylora, _model);
            foreach (var (projection, adapter) in dylora.Items)
                Near.Check(saved.Modules[projection.Path].Fold().Product(), adapter.Delta(), 1e-6, 1e-5, projection.Path);
        }
        using var adalora = new AdapterSet();
        foreach (var projection in _model.Projections.Where(one => placed.Contains(one.Path))) adalora.AddAdaLora(projection, rank: 3, alpha: 3);
        Assert.Contains("does not go on from a LoRA", Assert.Throws<NoraException>(() => AdapterStart.Read(_folder.Path, adalora, _model)).Message);
    }

    [Fact]
    public void A_rank_stabilised_adapter_of_PEFT_goes_on_as_it_scaled()
    {
        Save(rank: 3, alpha: 6);
        var config = JsonNode.Parse(File.ReadAllText(_folder["adapter_config.json"]))!.AsObject();
        (config["use_rslora"], config["lora_alpha"]) = (true, 6);
        File.WriteAllText(_folder["adapter_config.json"], config.ToJsonString());
        using var adapters = Adapters(rank: 3, alpha: 6, seed: 9);
        AdapterStart.Read(_folder.Path, adapters, _model);
        using var saved = PeftAdapter.Load(_folder.Path);
        foreach (var (projection, adapter) in adapters.Items)
        {
            var module = saved.Modules[projection.Path];
            Assert.Equal(6 / Math.Sqrt(3), module.Scale, 12);
            Assert.True(adapter.Delta().allclose(module.Fold().Product(), rtol: 1e-5, atol: 1e-7));
        }
    }

    [Theory]
    [InlineData("nora")]
    [InlineData("lora_xs")]
    [InlineData("parallel")]
    public void Nested_factors_go_on_bit_for_bit(string method)
    {
        using var scope = NewDisposeScope();
        using (var trained = Nested(method, seed: 3))
        {
            NestedFolder.Write(_folder["nested"], trained, "base");
        }
        using var adapters = Nested(method, seed: 9);
        var before = adapters.Items.Select(item => item.Adapter.Delta()).ToList();
        var report = AdapterStart.Read(_folder.Path, adapters, _model); // a run's folder
        using var other = TinyDecoder.Create();
        using var expected = Nested(method, seed: 3, other);
        foreach (var ((_, adapter), (_, saved)) in adapters.Items.Zip(expected.Items))
        {
            foreach (var (ours, theirs) in adapter.Frozen.Concat(adapter.Trainable).Zip(saved.Frozen.Concat(saved.Trainable)))
                Assert.True(ours.Value.equal(theirs.Value).all().item<bool>(), ours.Name);
        }
        Assert.All(adapters.Items.Zip(before), pair => Assert.False(pair.First.Adapter.Delta().allclose(pair.Second)));
        Assert.All(report.Projections, projection => Assert.True(projection.GoesOn && projection.StartRatio > 0));
        Assert.All(adapters.Trainable, parameter => Assert.True(parameter.Value.requires_grad));
    }

    [Theory]
    [InlineData(6, 2, 8.0, false, "q_proj: the folder has outer rank 8, inner rank 4, the spec outer rank 6, inner rank 2")]
    [InlineData(8, 3, 8.0, false, "q_proj: the folder has outer rank 8, inner rank 4, the spec outer rank 8, inner rank 3")]
    [InlineData(8, 4, 16.0, false, "q_proj: the folder's alpha is 8, the spec's is 16")]
    [InlineData(8, 4, 8.0, true, "v_proj: the spec puts no adapter there")]
    public void Nested_factors_of_another_kind_are_refused_with_both_sides(int outer, int inner, double alpha, bool fewer, string expected)
    {
        using (var trained = Nested("nora", seed: 3)) NestedFolder.Write(_folder.Path, trained, "base");
        using var adapters = Set(projection => new NoraAdapter(projection.OutFeatures, projection.InFeatures, outer, inner, alpha, 0, float32, CPU), fewer);
        Assert.Contains(expected, Assert.Throws<NoraException>(() => AdapterStart.Read(_folder.Path, adapters, _model)).Message);
        Assert.All(adapters.Items, item => Assert.Equal(0, item.Adapter.Delta().abs().sum().item<float>()));
    }

    [Fact]
    public void A_folder_of_the_other_form_is_named_as_such()
    {
        Save(rank: 3, alpha: 6);
        using (var nested = Nested("nora", seed: 9))
            Assert.Contains("in PEFT's form, which has no nested factors", Assert.Throws<NoraException>(() => AdapterStart.Read(_folder.Path, nested, _model)).Message);
        using (var trained = Nested("nora", seed: 3)) NestedFolder.Write(_folder["nested"], trained, "base");
        using var lora = Adapters(rank: 3, alpha: 6, seed: 9);
        Assert.Contains("holds nested factors", Assert.Throws<NoraException>(() => AdapterStart.Read(_folder["nested"], lora, _model)).Message);
    }

    private AdapterSet Nested(string method, int seed, LlamaModel? model = null)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        var set = Set(projection => method switch
        {
            "nora" => new NoraAdapter(projection.OutFeatures, projection.InFeatures, 8, 4, 8, 0, float32, CPU),
            "lora_xs" => new LoraXsAdapter(projection.OutFeatures, projection.InFeatures, 8, 8, 0, float32, CPU),
            _ => new NoraParallelAdapter(projection.OutFeatures, projection.InFeatures, 8, 4, InnerPosition.WAAndWB, 8, 0, true, float32, CPU),
        }, model: model);
        using var noGradient = no_grad();
        foreach (var (_, value) in set.Items.SelectMany(item => item.Adapter.Frozen.Concat(item.Adapter.Trainable)))
            value.copy_(randn(value.shape, generator: generator));
        return set;
    }

    private AdapterSet Set(Func<LinearProjection, Adapter> make, bool fewer = false, LlamaModel? model = null) => AdapterSet.On(model ?? _model, projection =>
        projection.Path.EndsWith("q_proj", StringComparison.Ordinal) || (!fewer && projection.Path.EndsWith("v_proj", StringComparison.Ordinal)) ? make(projection) : null);

    private void Save(int rank, double alpha)
    {
        using var adapters = Adapters(rank, alpha, seed: 3);
        using (no_grad())
        {
            foreach (var item in adapters.Items) ((LoraAdapter)item.Adapter).B.normal_(0, 0.1);
        }
        PeftExport.Write(_folder.Path, adapters, "base");
    }

    private AdapterSet Adapters(int rank, double alpha, long seed, bool fewer = false)
    {
        var set = new AdapterSet();
        foreach (var projection in _model.Projections.Where(projection => projection.Path.EndsWith("q_proj", StringComparison.Ordinal)
            || (!fewer && projection.Path.EndsWith("v_proj", StringComparison.Ordinal))))
        {
            set.Add(projection, new LoraAdapter(projection.OutFeatures, projection.InFeatures, rank, alpha, 0, CPU, seed));
        }
        return set;
    }
}
