using static TorchSharp.torch;

namespace NoraPipelines.Interop;

/// <summary>
/// Operators of libtorch that TorchSharp does not offer, each with the same result composed of what it does offer. Which of the two is
/// used is found out once: the fused operator must give the composition's result on a small example. NORA_INTEROP=off uses none.
/// </summary>
internal static class LibtorchOperators
{
    public const string Switch = "NORA_INTEROP";

    private static readonly Lazy<LibtorchInterface?> Found = new(Probe);

    [ThreadStatic] private static bool _composed;

    /// <summary>Whether the environment allows the fused operators.</summary>
    /// <exception cref="NoraException">NORA_INTEROP is neither on nor off.</exception>
    public static bool IsOn => Allowed(Environment.GetEnvironmentVariable(Switch));

    /// <summary>Whether the fused operators are used.</summary>
    /// <exception cref="NoraException">NORA_INTEROP is neither on nor off.</exception>
    public static bool Available => !_composed && Found.Value is not null;

    /// <summary>g ⊙ σ(x) ⊙ (1 + x ⊙ (1 − σ(x))): the gradient of silu at x. Both of one shape and dtype.</summary>
    /// <exception cref="ArgumentException">Shapes, dtypes or devices differ.</exception>
    public static Tensor SiluGradient(Tensor gradient, Tensor x)
    {
        Same(gradient, x);
        return Available ? SiluGradient(Found.Value!, gradient, x) : Composed.SiluGradient(gradient, x);
    }

    /// <summary>
    /// softmax(q·kᵀ / √size)·v, with autograd: q [rows, heads, queries, size], k and v [rows, keyHeads, keys, size], where keyHeads divides
    /// heads → [rows, heads, queries, size]. On a GPU no key is repeated; elsewhere libtorch falls back to a kernel that holds all scores.
    /// </summary>
    /// <param name="causal">Queries see keys up to their own place.</param>
    /// <exception cref="ArgumentException">Shapes, dtypes or devices do not fit together.</exception>
    public static Tensor GroupedAttention(Tensor q, Tensor k, Tensor v, bool causal)
    {
        Same(k, v);
        if (q.dim() != 4 || k.dim() != 4 || q.shape[0] != k.shape[0] || q.shape[3] != k.shape[3] || q.shape[1] % k.shape[1] != 0 || q.dtype != k.dtype
            || q.device_type != k.device_type || q.device_index != k.device_index)
            throw new ArgumentException($"q is {Describe(q)} and k {Describe(k)}; expected [rows, heads, queries, size] and a divisor of heads.", nameof(k));
        return Available ? GroupedAttention(Found.Value!, q, k, v, causal) : Composed.GroupedAttention(q, k, v, causal);
    }

    /// <summary>x / √(mean(x²) + ε) ⊙ gain over the last dimension, inside in float32, with autograd: x [.., hidden], gain [hidden] of x's dtype.</summary>
    /// <exception cref="ArgumentException">Shapes, dtypes or devices do not fit together.</exception>
    public static Tensor RmsNorm(Tensor x, Tensor gain, double epsilon)
    {
        if (gain.dim() != 1 || x.shape[^1] != gain.shape[0] || x.dtype != gain.dtype || x.device_type != gain.device_type || x.device_index != gain.device_index)
            throw new ArgumentException($"x is {Describe(x)} and its gain {Describe(gain)}; expected one number a column, of x's kind.", nameof(gain));
        return Available ? RmsNorm(Found.Value!, x, gain, epsilon) : Composed.RmsNorm(x, gain, epsilon);
    }

    /// <summary>
    /// A step of AdamW on all parameters at once, in place (<see cref="Training.AdamW"/> has the formula). All tensors are float32, of
    /// the parameter's shape and on its device.
    /// </summary>
    /// <param name="step">Steps done, this one included: a float32 scalar on the parameters' device.</param>
    /// <exception cref="ArgumentException">Numbers of tensors, shapes, dtypes or devices differ.</exception>
    /// <exception cref="InvalidOperationException">The operator is not <see cref="Available"/>.</exception>
    public static void AdamWStep(
        IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> gradients, IReadOnlyList<Tensor> means, IReadOnlyList<Tensor> squares, Tensor step,
        double rate, double beta1, double beta2, double weightDecay, double epsilon)
    {
        if (!Available) throw new InvalidOperationException("_fused_adamw_ is not available.");
        if (gradients.Count != parameters.Count || means.Count != parameters.Count || squares.Count != parameters.Count)
            throw new ArgumentException("Each parameter has one gradient and two moments.", nameof(gradients));
        if (step.dtype != ScalarType.Float32 || step.numel() != 1) throw new ArgumentException("The step is one float32 number.", nameof(step));
        for (var i = 0; i < parameters.Count; i++)
        {
            if (parameters[i].device_type != step.device_type)
                throw new ArgumentException($"A parameter is {Describe(parameters[i])} and the step {Describe(step)}; expected one device.", nameof(step));
            if (parameters[i].dtype != ScalarType.Float32) throw new ArgumentException("Parameters are float32.", nameof(parameters));
            foreach (var other in (ReadOnlySpan<Tensor>)[gradients[i], means[i], squares[i]])
            {
                Same(parameters[i], other);
                // The operator reads memory from first to last, whatever the strides.
                if (!parameters[i].is_contiguous() || !other.is_contiguous()) throw new ArgumentException("Tensors are contiguous.", nameof(parameters));
            }
        }
        AdamWStep(Found.Value!, parameters, gradients, means, squares, step, rate, beta1, beta2, weightDecay, epsilon);
    }

    /// <summary>Multiplies all tensors by one factor, in place.</summary>
    /// <param name="factor">A scalar of the tensors' device.</param>
    /// <exception cref="ArgumentException">The factor is no scalar, or lies on another device.</exception>
    public static void Scale(IReadOnlyList<Tensor> tensors, Tensor factor)
    {
        if (factor.dim() != 0) throw new ArgumentException($"The factor is {Describe(factor)}; expected a scalar.", nameof(factor));
        if (tensors.FirstOrDefault(tensor => tensor.device_type != factor.device_type || tensor.device_index != factor.device_index) is { } elsewhere)
            throw new ArgumentException($"A tensor is {Describe(elsewhere)} and the factor {Describe(factor)}; expected one device.", nameof(tensors));
        if (Available) Scale(Found.Value!, tensors, factor);
        else Composed.Scale(tensors, factor);
    }

    /// <summary>The compositions in place of the fused operators, on this thread, until disposed: tests compare the two.</summary>
    internal static IDisposable WithoutFused() => new Without();

    private static void Same(Tensor first, Tensor second)
    {
        if (first.dtype != second.dtype || first.device_type != second.device_type || first.device_index != second.device_index || !first.shape.SequenceEqual(second.shape))
            throw new ArgumentException($"The tensors are {Describe(first)} and {Describe(second)}; expected two of one kind.", nameof(second));
    }

    private static string Describe(Tensor tensor) => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}] on {tensor.device_type}";

    /// <summary>Null where the interface is not there or gives other numbers than the composition.</summary>
    private static LibtorchInterface? Probe()
    {
        if (!IsOn) return null;
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        zeros(1); // libtorch is loaded with the first tensor
        if (LibtorchInterface.Find() is not { } library) return null;
        var (gradient, x) = (tensor(new[] { 0.5f, -1f, 2f }), tensor(new[] { 0.1f, 0.7f, 0.2f }));
        try
        {
            var agree = SiluGradient(library, gradient, x).allclose(Composed.SiluGradient(gradient, x));
            // The first step without decay moves by the rate against the gradient's sign.
            var parameter = zeros(3);
            AdamWStep(library, [parameter], [gradient], [zeros(3)], [zeros(3)], ones([]), 0.25, 0.9, 0.999, 0, 1e-8);
            agree = agree && RmsNorm(library, x, gradient, 1e-5).allclose(Composed.RmsNorm(x, gradient, 1e-5));
            var (q, k) = (arange(24, ScalarType.Float32).view(1, 4, 2, 3).cos(), arange(12, ScalarType.Float32).view(1, 2, 2, 3).sin());
            agree = agree && GroupedAttention(library, q, k, k, causal: true).allclose(Composed.GroupedAttention(q, k, k, causal: true), 1e-4, 1e-5);
            var scaled = gradient.clone();
            Scale(library, [scaled], tensor(0.5f));
            agree = agree && scaled.allclose(gradient * 0.5);
            return agree && parameter.allclose(gradient.sign() * -0.25) ? library : null;
        }
        catch (NoraException)
        {
            return null;
        }
    }

    /// <exception cref="NoraException">The value is neither on nor off.</exception>
    internal static bool Allowed(string? value) => value switch
    {
        null or "" or "on" => true,
        "off" => false,
        _ => throw new NoraException($"The environment variable {Switch} is \"{value}\"; it must be on or off."),
    };

    private static Tensor SiluGradient(LibtorchInterface library, Tensor gradient, Tensor x)
    {
        Span<ulong> words = [library.Word(gradient), library.Word(x)];
        library.Call("aten::silu_backward", words);
        return LibtorchInterface.Result(words[0]);
    }

    private static Tensor GroupedAttention(LibtorchInterface library, Tensor q, Tensor k, Tensor v, bool causal)
    {
        Span<ulong> words =
        [
            library.Word(q), library.Word(k), library.Word(v), 0 /* mask */, LibtorchInterface.Word(0.0) /* dropout */, causal ? 1UL : 0,
            0 /* scale */, 1 /* enable_gqa */,
        ];
        library.Call("aten::scaled_dot_product_attention", words);
        return LibtorchInterface.Result(words[0]);
    }

    private static Tensor RmsNorm(LibtorchInterface library, Tensor x, Tensor gain, double epsilon)
    {
        Span<ulong> words =
        [
            library.Word(x), library.Numbers(gain.shape), LibtorchInterface.Optional(library.Word(gain)), LibtorchInterface.Optional(LibtorchInterface.Word(epsilon)),
        ];
        library.Call("aten::rms_norm", words);
        return LibtorchInterface.Result(words[0]);
    }

    private static void AdamWStep(
        LibtorchInterface library, IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> gradients, IReadOnlyList<Tensor> means,
        IReadOnlyList<Tensor> squares, Tensor step, double rate, double beta1, double beta2, double weightDecay, double epsilon)
    {
        Span<ulong> words =
        [
            library.Word(parameters), library.Word(gradients), library.Word(means), library.Word(squares), library.Word([]),
            library.Word([.. Enumerable.Repeat(step, parameters.Count)]),
            LibtorchInterface.Word(rate), LibtorchInterface.Word(beta1), LibtorchInterface.Word(beta2), LibtorchInterface.Word(weightDecay),
            LibtorchInterface.Word(epsilon), 0 /* amsgrad */, 0 /* maximize */, 0 /* grad_scale */, 0 /* found_inf */,
        ];
        library.Call("aten::_fused_adamw_", words);
    }

    private static void Scale(LibtorchInterface library, IReadOnlyList<Tensor> tensors, Tensor factor)
    {
        Span<ulong> words = [library.Word(tensors), library.Word(factor)];
        library.Call("aten::_foreach_mul_", words, overload: "Tensor");
    }

    private sealed class Without : IDisposable
    {
        private readonly bool _before = _composed;

        public Without() => _composed = true;

        public void Dispose() => _composed = _before;
    }
}
