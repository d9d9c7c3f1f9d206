using System.Text.Json;
using NoraPipelines.Checkpoints;
using NoraPipelines.Models;
using static TorchSharp.torch;

namespace NoraPipelines.Export;

/// <summary>A form whose file holds some tensors for each projection, which are read all at once (<see cref="MethodAdapter"/>).</summary>
internal abstract class PeftTensorForm : PeftForm
{
    public abstract PeftKeys Keys { get; }

    /// <summary>Ends of names that a file of the form may hold for a projection.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>Ends of names that other versions of PEFT wrote for one of <see cref="Names"/>.</summary>
    public virtual IReadOnlyDictionary<string, string> OtherNames { get; } = new Dictionary<string, string>();

    /// <summary>Names of tensors that all projections share, after "base_model.".</summary>
    public virtual IReadOnlyList<string> SharedNames => [];

    /// <summary>Whether the tensors are all there, and fit together and to the config's rank.</summary>
    public abstract bool Fits(PeftTensors tensors, int rank);

    /// <summary>Of tensors that fit.</summary>
    public abstract PeftSize Size(PeftTensors tensors);

    /// <summary>An adapter of a projection with the values that were read; whoever asked owns it.</summary>
    /// <param name="source">Where the tensors are from, with what all projections share.</param>
    public abstract Adapter Make(LinearProjection projection, PeftTensors tensors, MethodAdapter source);

    /// <summary>Copies what was read into an adapter of the method, whose own scale is kept.</summary>
    /// <exception cref="NoraException">An adapter of another method, or other shapes.</exception>
    public abstract void Set(Adapter adapter, PeftTensors tensors);

    /// <summary>The adapter's own rank, to be compared with <see cref="PeftSize.Rank"/>.</summary>
    public abstract int RankOf(Adapter adapter);

    /// <summary>How tensors and adapter differ apart from size and rank; null: they do not.</summary>
    public virtual string? Difference(PeftTensors tensors, Adapter adapter) => null;

    /// <summary>What all projections share, by <see cref="SharedNames"/>; float32, in the caller's dispose scope.</summary>
    /// <exception cref="CheckpointException">It is not there, or does not fit to the config.</exception>
    public virtual IReadOnlyDictionary<string, Tensor> ReadShared(SafetensorsFile file, PeftConfig config) => new Dictionary<string, Tensor>();

    public override bool Matches(JsonElement config) => HasType(config, Keys.Type)
        && (Keys.Option is not { } option || (config.TryGetProperty(option, out var value) && value.ValueKind == JsonValueKind.True));

    public override AdapterSet Attach(string folder, IAdaptableModel model, Action<string>? report)
    {
        using var adapter = MethodAdapter.Load(folder);
        return adapter.AttachTo(model, report);
    }
}
