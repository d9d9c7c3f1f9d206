using NoraPipelines.Export;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Clip;

/// <summary>Adapters on both towers, written in every form that there is and read back onto another model of the same weights.</summary>
public sealed class ClipExportTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _scope.Dispose();
    }

    public static TheoryData<string> Methods =>
    [
        "lora", "rslora", "lora_fa", "lora_xs", "dylora", "nora", "nora parallel", "nora adapter", "nora w_a_and_w_b", "own rslora", "own dora", "own vera", "own adalora",
        "own lokr", "nested lora_xs", "nested nora", "nested nora parallel", "nested nora adapter", "nested nora w_a_and_w_b",
    ];

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_folder_has_the_function_of_the_adapters(string name)
    {
        using var noGradient = no_grad();
        var (form, method) = name.Split(' ', 2) is [("own" or "nested") and var first, var rest] ? (first, rest) : ("lora", name);
        using var model = TinyClip.Create();
        var plain = model.Logits(TinyClip.Pixels(), TinyClip.Ids());
        using var adapters = ClipAdapters.Place(model, method, dropout: 0);
        using var generator = new Generator(3, CPU);
        foreach (var (_, value) in adapters.Trainable) value.add_(randn(value.shape, generator: generator).mul_(0.1));
        var expected = model.Logits(TinyClip.Pixels(), TinyClip.Ids());
        Assert.True((expected - plain).abs().max().item<float>() > 1e-2);

        using var other = TinyClip.Create();
        using var loaded = Through(form, method, adapters, model, other);
        Near.Check(expected, other.Logits(TinyClip.Pixels(), TinyClip.Ids()), 1e-4, 1e-4, "logits");
        Assert.Equal(adapters.Items.Select(item => item.Projection.Path), loaded.Items.Select(item => item.Projection.Path));
    }

    private AdapterSet Through(string form, string method, AdapterSet adapters, IAdaptableModel model, IAdaptableModel other)
    {
        if (form == "nested")
        {
            NestedFolder.Write(_folder.Path, adapters, "base");
            return NestedFolder.Load(_folder.Path, other);
        }
        if (form == "own") MethodFolder.Write(_folder.Path, adapters, Plan(method), "base", model, steps: 40);
        else PeftExport.Write(_folder.Path, adapters, "base", new() { Model = model });
        return MethodFolder.Attach(other, _folder.Path);
    }

    private static AdapterPlan Plan(string method) => method switch
    {
        "dora" => new DoraPlan { Rank = 2, Alpha = 2 },
        "vera" => new VeraPlan { Rank = 8 },
        "adalora" => new AdaLoraPlan { Rank = 4, Alpha = 4, TargetRank = 2 },
        "lokr" => new LokrPlan { Rank = 2, Alpha = 2 },
        _ => new RsLoraPlan { Rank = 2, Alpha = 1 },
    };
}
