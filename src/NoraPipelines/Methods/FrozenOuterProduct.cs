using NoraPipelines.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace NoraPipelines.Methods;

/// <summary>
/// Projections i of one x, some of them with a <see cref="FrozenOuterAdapter"/> of a core M, all that is between A and B, as one function of x
/// and what the adapters train:
/// <code>
///     yᵢ = Wᵢ·x + Bᵢ·Mᵢ·uᵢ,   uᵢ = Aᵢ·x         v̇ᵢ = Bᵢᵀ·ẏᵢ       Ṁᵢ = Σ v̇ᵢ·uᵢᵀ       ẋ = Σ Wᵢᵀ·ẏᵢ + Aᵢᵀ·Mᵢᵀ·v̇ᵢ       (a dot: the gradient)
/// </code>
/// The graph keeps u alone. All uᵢ are one product, and so is all that goes back through A; the other terms of ẋ are summed within their
/// products, and no gradient is made of what is frozen. The plain composition adds them in passes of their own.
/// </summary>
// Shapes: x [n, in], Wᵢ [outᵢ, in], bias [outᵢ], A [Σr, in] of all, Mᵢ [r, r], Bᵢ [outᵢ, r], yᵢ [n, outᵢ], u [n, Σr]; all of one dtype.
// Arguments: x, the weights, what holds the gradients, what each adapter trains.
internal sealed class FrozenOuterProduct : MultiTensorFunction<FrozenOuterProduct>
{
    public override string Name => nameof(FrozenOuterProduct);

    /// <summary>This product for projections whose adapters have a core, beside those that have none.</summary>
    public static IJointProduct Joint { get; } = new JointProduct();

    private static List<Tensor> Run(Tensor x, IReadOnlyList<LinearProjection> projections, ReturnedGradients returned)
    {
        var (parts, start) = (new List<Part>(projections.Count), 0);
        foreach (var projection in projections)
        {
            var adapter = (FrozenOuterAdapter?)projection.Adapter;
            parts.Add(new Part(projection.Weight, projection.Bias, adapter, start));
            start += adapter?.OuterRank ?? 0;
        }
        FrozenOuterAdapter[] adapters = [.. parts.Select(part => part.Adapter).OfType<FrozenOuterAdapter>()];
        var trainable = adapters.SelectMany(adapter => adapter.Trainable.Select(parameter => parameter.Value));
        return apply([x, new Weights(parts, OuterStack.Of(adapters), x.requires_grad), returned, .. trainable]);
    }

    public override List<Tensor> forward(AutogradContext ctx, params object[] vars)
    {
        using var scope = NewDisposeScope();
        var (x, weights) = ((Tensor)vars[0], (Weights)vars[1]);
        var u = nn.functional.linear(x, weights.A); // [n, Σr]
        var (outputs, cores) = (new List<Tensor>(weights.Parts.Count), new List<Tensor>(weights.Parts.Count));
        foreach (var part in weights.Parts)
        {
            var y = nn.functional.linear(x, part.W, part.Bias); // [n, out]
            if (part.Adapter is { } adapter)
            {
                var core = adapter.CoreMatrix(x.dtype); // [r, r]
                y.addmm_(nn.functional.linear(part.Columns(u), core), adapter.OuterB.t());
                cores.Add(core.MoveToOuterDisposeScope());
            }
            outputs.Add(y.MoveToOuterDisposeScope());
        }
        ctx.save_data("weights", weights);
        ctx.save_data("returned", vars[2]);
        ctx.save_for_backward([u.MoveToOuterDisposeScope(), .. cores]);
        return outputs;
    }

    public override List<Tensor> backward(AutogradContext ctx, List<Tensor> grad_outputs)
    {
        using var scope = NewDisposeScope();
        var (weights, saved) = ((Weights)ctx.get_data("weights"), ctx.get_saved_variables());
        var (u, core) = (saved[0], 1);
        Tensor? ofX = null; // [n, in]
        var (ofU, ofTrainable) = (new List<Tensor>(weights.Parts.Count), new List<Tensor>());
        foreach (var (part, ofY) in weights.Parts.Zip(grad_outputs))
        {
            if (weights.InputNeedsGradient) ofX = ofX is null ? ofY.mm(part.W) : ofX.addmm_(ofY, part.W);
            if (part.Adapter is { } adapter)
            {
                var ofV = ofY.mm(adapter.OuterB); // [n, r]
                if (weights.InputNeedsGradient) ofU.Add(ofV.mm(saved[core++])); // [n, r]
                ofTrainable.AddRange(adapter.CoreGradients(ofV.t().mm(part.Columns(u))));
            }
            ofY.Dispose();
        }
        ofX?.addmm_(ofU.Count == 1 ? ofU[0] : cat(ofU, 1), weights.A);
        Tensor[] gradients = ofX is null ? [.. ofTrainable] : [ofX, .. ofTrainable];
        ((ReturnedGradients)ctx.get_data("returned")).Replace(gradients);
        return [ofX!, null!, null!, .. ofTrainable];
    }

    private sealed class JointProduct : IJointProduct
    {
        List<Tensor> IJointProduct.Run(Tensor x, IReadOnlyList<LinearProjection> projections, ReturnedGradients returned) =>
            FrozenOuterProduct.Run(x, projections, returned);
    }

    /// <param name="A">[Σr, in] of all adapters, in their order.</param>
    private sealed record Weights(IReadOnlyList<Part> Parts, Tensor A, bool InputNeedsGradient);

    /// <param name="Start">Where the adapter's columns of u begin.</param>
    private sealed record Part(Tensor W, Tensor? Bias, FrozenOuterAdapter? Adapter, int Start)
    {
        public Tensor Columns(Tensor u) => u.narrow(1, Start, Adapter!.OuterRank);
    }
}
