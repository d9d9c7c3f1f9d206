using static TorchSharp.torch;
using static TorchSharp.torch.autograd;

namespace NoraPipelines.Models.Llama;

/// <summary>
/// Gradient checkpointing of one layer (Chen et al. 2016): the forward pass keeps the layer's input alone, the backward pass runs the
/// layer again, with the same dropout, and differentiates that. The layer's parameters are arguments of the function, so their
/// gradients flow through the graph as without it, and `loss.backward()` stays all there is to call.
/// </summary>
// Arguments: the pass, x, the cosines and sines of the rotary angles, the mask or null, then every parameter that trains.
internal sealed class LayerRecomputation : SingleTensorFunction<LayerRecomputation>
{
    private const int FirstParameter = 5;

    public override string Name => nameof(LayerRecomputation);

    /// <summary>x [rows, tokens, hidden] → the layer's output.</summary>
    public static Tensor Run(LlamaLayer layer, Tensor x, in ForwardContext context, long? dropoutSeed, ReturnedGradient returned)
    {
        var pass = new Pass(layer, context.Mask.Causal, dropoutSeed, returned);
        object?[] arguments =
        [
            pass, x, context.Rotary.Cosine, context.Rotary.SignedSine, context.Mask.Additive, .. layer.Trainable(),
        ];
        return apply(arguments!);
    }

    public override Tensor forward(AutogradContext ctx, params object[] vars)
    {
        var pass = (Pass)vars[0];
        ctx.save_data("pass", pass);
        ctx.save_for_backward([.. vars[1..FirstParameter].Select(saved => (Tensor)saved)]);
        return pass.Forward((Tensor)vars[1], (Tensor)vars[2], (Tensor)vars[3], (Tensor?)vars[4]);
    }

    public override List<Tensor> backward(AutogradContext ctx, Tensor grad_output)
    {
        var pass = (Pass)ctx.get_data("pass");
        using var scope = NewDisposeScope();
        var saved = ctx.get_saved_variables();
        Tensor?[] parameters = [.. pass.Layer.Trainable()];

        using var gradients = enable_grad();
        var x = saved[0].detach().requires_grad_(saved[0].requires_grad);
        var output = pass.ForwardAgain(x, saved[1], saved[2], saved[3] is { IsInvalid: false } mask ? mask : null);
        Tensor[] inputs = x.requires_grad ? [x, .. parameters!] : [.. parameters!];
        var found = grad([output], inputs, [grad_output]);
        grad_output.Dispose();

        var ofParameters = found.Skip(x.requires_grad ? 1 : 0);
        var result = new List<Tensor?> { null, x.requires_grad ? found[0] : null, null, null, null };
        result.AddRange(ofParameters);
        pass.Returned.Replace(found);
        return result!;
    }

    /// <summary>
    /// The gradients that a layer handed to the engine, which has taken its own hold of them by the time the next layer's turn comes.
    /// Shared by the layers of one forward pass, so that a step holds one layer's gradients and not all.
    /// </summary>
    internal sealed class ReturnedGradient
    {
        private IList<Tensor> _held = [];

        public void Replace(IList<Tensor> next)
        {
            foreach (var held in _held) held.Dispose();
            foreach (var tensor in next) tensor.MoveToOuterDisposeScope();
            _held = next;
        }
    }

    private sealed record Pass(LlamaLayer Layer, bool Causal, long? DropoutSeed, ReturnedGradient Returned)
    {
        public Tensor Forward(Tensor x, Tensor cosine, Tensor sine, Tensor? mask)
        {
            if (DropoutSeed is { } seed) manual_seed(seed);
            return Layer.Forward(x, new ForwardContext(new RotaryAngles(cosine, sine), new AttentionMask(mask, Causal), Cache: null));
        }

        /// <summary>The same numbers a second time; the random state afterwards is what it was before.</summary>
        public Tensor ForwardAgain(Tensor x, Tensor cosine, Tensor sine, Tensor? mask)
        {
            if (DropoutSeed is null) return Forward(x, cosine, sine, mask);
            var state = get_rng_state();
            var output = Forward(x, cosine, sine, mask);
            set_rng_state(state);
            return output;
        }
    }
}
