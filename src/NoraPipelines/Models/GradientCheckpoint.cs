using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace NoraPipelines.Models;

/// <summary>
/// Gradient checkpointing of one layer (Chen et al. 2016): the forward pass keeps the layer's input alone, the backward pass runs the
/// layer again, with the same dropout, and differentiates that. The layer's parameters are arguments of the function, so their
/// gradients flow through the graph as without it, and `loss.backward()` stays all there is to call.
/// </summary>
// Arguments: the pass, x, tensors that all layers share (angles, masks; null where there is none), then every parameter that trains.
internal sealed class GradientCheckpoint : SingleTensorFunction<GradientCheckpoint>
{
    /// <summary>x [rows, tokens, hidden] → the same shape, with what all layers share.</summary>
    public delegate Tensor Layer(Tensor x, IReadOnlyList<Tensor?> shared);

    public override string Name => nameof(GradientCheckpoint);

    /// <summary>x [rows, tokens, hidden] → the layer's output.</summary>
    /// <param name="trainable">Everything in the layer that requires a gradient.</param>
    /// <param name="dropoutSeed">Null where nothing drops out.</param>
    public static Tensor Run(
        Layer layer, IEnumerable<Tensor> trainable, Tensor x, IReadOnlyList<Tensor?> shared, long? dropoutSeed, ReturnedGradients returned)
    {
        Tensor[] parameters = [.. trainable];
        object?[] arguments = [new Pass(layer, parameters, shared.Count, dropoutSeed, returned), x, .. shared, .. parameters];
        return apply(arguments!);
    }

    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        var pass = (Pass)vars[0];
        ctx.save_data("pass", pass);
        Tensor?[] kept = [.. vars[1..(2 + pass.Shared)].Select(saved => (Tensor?)saved)];
        ctx.save_for_backward([.. kept!]);
        return pass.Forward(kept[0]!, kept[1..]);
    }

    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        var pass = (Pass)ctx.get_data("pass");
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();

        using var gradients = enable_grad();
        var x = saved[0].detach().requires_grad_(saved[0].requires_grad);
        var output = pass.ForwardAgain(x, [.. saved.Skip(1).Select(shared => shared is { IsInvalid: false } ? shared : null)]);
        Tensor[] inputs = x.requires_grad ? [x, .. pass.Parameters] : pass.Parameters;
        var found = grad([output], inputs, [grad_output]);
        grad_output.Dispose();

        var result = new List<Tensor?> { null, x.requires_grad ? found[0] : null };
        for (var i = 0; i < pass.Shared; i++) result.Add(null);
        result.AddRange(found.Skip(x.requires_grad ? 1 : 0));
        pass.Returned.Replace(found);
        return result!;
    }

    private sealed record Pass(Layer Layer, Tensor[] Parameters, int Shared, long? DropoutSeed, ReturnedGradients Returned)
    {
        public Tensor Forward(Tensor x, IReadOnlyList<Tensor?> shared)
        {
            if (DropoutSeed is { } seed) DeviceRandom.Seed(seed, x.device);
            return Layer(x, shared);
        }

        /// <summary>The same numbers a second time; the computer's random state afterwards is what it was before.</summary>
        public Tensor ForwardAgain(Tensor x, IReadOnlyList<Tensor?> shared)
        {
            if (DropoutSeed is null) return Forward(x, shared);
            var state = get_rng_state();
            var output = Forward(x, shared);
            set_rng_state(state);
            return output;
        }
    }
}
