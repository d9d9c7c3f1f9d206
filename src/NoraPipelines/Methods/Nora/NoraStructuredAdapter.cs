using NoraPipelines.Export;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Methods;

/// <summary>
/// What the structures of NoRA's design space share (Figure 1a; docs/design-space.md): an outer pair that is frozen or trains, and
/// matrices that train at w_a, at w_b, or at both.
/// </summary>
// Frozen tensors are in the model's dtype, those that train in float32; all are zero until they are set.
public abstract class NoraStructuredAdapter : OuterPairAdapter, INoraAdapter
{
    private readonly ScalarType _dtype;
    private readonly Device _device;
    private readonly List<NamedTensor> _trainable = [];
    private readonly List<NamedTensor> _frozen = [];

    private protected NoraStructuredAdapter(
        int outFeatures, int inFeatures, int outerRank, InnerPosition position, double alpha, double dropout, bool trainsOuter,
        ScalarType dtype, Device device)
        : base(outFeatures, inFeatures, outerRank, alpha, dropout)
    {
        (Position, TrainsOuter, _dtype, _device) = (position, trainsOuter, dtype, device);
    }

    public override string Method => "nora";

    public abstract InnerStructure Structure { get; }

    public InnerPosition Position { get; }

    /// <summary>Whether A and B train too.</summary>
    public bool TrainsOuter { get; }

    public override IReadOnlyList<NamedTensor> Trainable => _trainable;

    public override IReadOnlyList<NamedTensor> Frozen => _frozen;

    public abstract IEnumerable<InnerSlot> Slots { get; }

    internal override NestedStructure NestedStructure => new(Structure, Position, TrainsOuter);

    private protected bool HasA => Position != InnerPosition.WB;

    private protected bool HasB => Position != InnerPosition.WA;

    /// <summary>Copies a value into one of the adapter's tensors.</summary>
    /// <param name="name">As <see cref="Adapter.Trainable"/> or <see cref="Adapter.Frozen"/> has it.</param>
    /// <exception cref="NoraException">There is no such tensor, or it has another shape.</exception>
    public void SetTensor(string name, Tensor value)
    {
        var own = _trainable.Concat(_frozen).Where(tensor => tensor.Name == name).Select(tensor => tensor.Value).FirstOrDefault()
            ?? throw new NoraException($"{Method}: there is no tensor {name}; this adapter has "
                + $"{string.Join(", ", _trainable.Concat(_frozen).Select(tensor => tensor.Name))}.");
        Set(own, value, name);
    }

    /// <summary>A factor of the outer pair: it trains in float32, or is frozen in the model's dtype.</summary>
    private protected Tensor Outer(string name, long rows, long columns) =>
        TrainsOuter ? Inner(name, rows, columns) : Constant(name, rows, columns, _dtype);

    /// <summary>A matrix that trains.</summary>
    private protected Tensor Inner(string name, long rows, long columns)
    {
        var value = TrainableZeros(_device, rows, columns);
        _trainable.Add(new(name, value));
        return value;
    }

    /// <summary>A copy of an outer factor's start, kept to be subtracted; of the dtype of what trains, so that both are rounded alike.</summary>
    private protected Tensor Start(string name, long rows, long columns) => Constant(name, rows, columns, ScalarType.Float32);

    private Tensor Constant(string name, long rows, long columns, ScalarType dtype)
    {
        var value = zeros([rows, columns], dtype, _device).DetachFromDisposeScope();
        _frozen.Add(new(name, value));
        return value;
    }

    private protected static void CheckInnerRank(int innerRank)
    {
        if (innerRank < 1) throw new NoraException($"The inner rank is {innerRank}; it must be at least 1.");
    }
}
