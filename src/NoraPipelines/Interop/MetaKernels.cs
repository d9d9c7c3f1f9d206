using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace NoraPipelines.Interop;

/// <summary>
/// Operators of a training step whose results libtorch cannot shape on the device meta: PyTorch does that in Python. Registered once a process,
/// through libtorch's C interface; what is registered serves tensors on meta alone. Attention and RMSNorm are the fused operators that a CUDA device
/// takes, so that a step on meta has the operators of a step there.
/// </summary>
internal static unsafe class MetaKernels
{
    // A logsumexp of the memory-efficient kernel has its rows padded to this.
    private const long EfficientRows = 32;

    private static readonly Lock Gate = new();
    private static readonly List<Kernel> Kept = []; // libtorch calls them as long as the process lives
    private static bool? _registered;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void Kernel(ulong* words, ulong arguments, ulong results);

    /// <summary>Has the operators serve meta tensors from now on.</summary>
    /// <exception cref="NoraException">This libtorch does not take kernels through its C interface.</exception>
    public static void Register()
    {
        lock (Gate) _registered ??= TryRegister();
        if (_registered == false)
        {
            throw new NoraException("Shapes cannot be walked here: this libtorch takes no kernels through its C interface (aoti_torch_library_init_impl, "
                + "torch_library_impl). Expected libtorch 2.10 or later on Linux; leave --dry-run out.");
        }
    }

    private static bool TryRegister()
    {
        if (!OperatingSystem.IsLinux() || !ArgumentLifetimes.LastUntilReturn) return false;
        using (zeros(1)) { } // libtorch is loaded with the first tensor
        if (!NativeLibrary.TryLoad("libtorch_cpu.so", out var library)
            || !NativeLibrary.TryGetExport(library, "aoti_torch_library_init_impl", out var init)
            || !NativeLibrary.TryGetExport(library, "torch_library_impl", out var implement)
            || !NativeLibrary.TryGetExport(library, "aoti_torch_abi_version", out var version)) return false;
        var abi = ((delegate* unmanaged<ulong>)version)();
        var meta = Library("Meta"u8);
        return All().All(kernel => Add(meta, kernel.Name, WithoutGraph(kernel.Shape))) && Add(Library("AutogradMeta"u8), "scaled_dot_product_attention", Attention);

        nint Library(ReadOnlySpan<byte> dispatchKey)
        {
            nint handle;
            fixed (byte* space = "aten"u8, key = dispatchKey, file = "MetaKernels"u8)
                return ((delegate* unmanaged<byte*, byte*, byte*, uint, nint*, int>)init)(space, key, file, 0, &handle) == 0 ? handle : 0;
        }

        bool Add(nint handle, string name, Action<KernelArguments> shape)
        {
            if (handle == 0) return false;
            Kernel kernel = (words, _, _) =>
            {
                using var scope = NewDisposeScope();
                shape(new KernelArguments(words, library));
            };
            Kept.Add(kernel);
            var text = Marshal.StringToCoTaskMemUTF8(name);
            try
            {
                return ((delegate* unmanaged<nint, nint, nint, ulong, int>)implement)(handle, text, Marshal.GetFunctionPointerForDelegate(kernel), abi) == 0;
            }
            finally
            {
                Marshal.FreeCoTaskMem(text);
            }
        }
    }

    private static Action<KernelArguments> WithoutGraph(Action<KernelArguments> shape) => own =>
    {
        using var noGradient = no_grad();
        shape(own);
    };

    private static IEnumerable<(string Name, Action<KernelArguments> Shape)> All() =>
    [
        ("abs", own => own.Return(Like(own.Tensor(0)))),
        ("logical_not", own => own.Return(LikeBool(own.Tensor(0)))),
        ("index_select", IndexSelect),
        ("linalg_solve_triangular", SolveTriangular),
        ("roll", Roll),
        ("native_layer_norm", LayerNorm),
        ("native_layer_norm_backward", LayerNormBackward),
        ("_fused_rms_norm", RmsNorm),
        ("_fused_rms_norm_backward", RmsNormBackward),
        ("_scaled_dot_product_efficient_attention", EfficientAttention),
        ("_scaled_dot_product_efficient_attention_backward", EfficientAttentionBackward),
        ("_fused_adamw_", AdamW),
    ];

    // self, dim, index → self with as many entries in dim as the index has
    private static void IndexSelect(KernelArguments own)
    {
        var (self, dim, index) = (own.Tensor(0), own.Number(1), own.Tensor(2));
        var shape = self.shape;
        shape[dim < 0 ? dim + shape.Length : dim] = index.numel();
        own.Return(empty(shape, self.dtype, self.device));
    }

    // self, right side, 3 flags
    private static void SolveTriangular(KernelArguments own)
    {
        own.Tensor(0);
        own.Return(Like(own.Tensor(1)));
    }

    // self, shifts, dims
    private static void Roll(KernelArguments own)
    {
        var self = own.Tensor(0);
        own.Numbers(1);
        own.Numbers(2);
        own.Return(Like(self));
    }

    // input, normalized shape, weight?, bias?, epsilon → output, mean, 1 / deviation
    private static void LayerNorm(KernelArguments own)
    {
        var (input, normalized) = (own.Tensor(0), own.Numbers(1));
        own.Optional(2);
        own.Optional(3);
        own.Return(Like(input), Statistic(input, normalized), Statistic(input, normalized));
    }

    // gradient, input, normalized shape, mean, 1 / deviation, weight?, bias?, wanted[3] → those of input, weight, bias
    private static void LayerNormBackward(KernelArguments own)
    {
        own.Tensor(0);
        var input = own.Tensor(1);
        own.Numbers(2);
        own.Tensor(3);
        own.Tensor(4);
        var (weight, bias, wanted) = (own.Optional(5), own.Optional(6), own.Numbers(7));
        own.Return(Wanted(wanted[0], input), Wanted(wanted[1], weight), Wanted(wanted[2], bias));
    }

    // input, normalized shape, weight?, epsilon? → output, 1 / root
    private static void RmsNorm(KernelArguments own)
    {
        var (input, normalized) = (own.Tensor(0), own.Numbers(1));
        own.Optional(2);
        own.Skip(3);
        own.Return(Like(input), Statistic(input, normalized));
    }

    // gradient, input, normalized shape, 1 / root, weight?, wanted[2] → those of input, weight
    private static void RmsNormBackward(KernelArguments own)
    {
        own.Tensor(0);
        var input = own.Tensor(1);
        own.Numbers(2);
        own.Tensor(3);
        var (weight, wanted) = (own.Optional(4), own.Numbers(5));
        own.Return(Wanted(wanted[0], input), Wanted(wanted[1], weight));
    }

    // query, key, value, mask?, dropout, causal, scale?, grouped → output: by the memory-efficient kernel of a CUDA device, whose tensors are those of the
    // flash kernel. It stands above autograd, since libtorch's own choice on meta is the matrix of all scores.
    private static void Attention(KernelArguments own)
    {
        var library = LibtorchInterface.Find()!;
        var (query, key, value, mask) = (own.Tensor(0), own.Tensor(1), own.Tensor(2), own.Optional(3));
        var gradient = is_grad_enabled() && (query.requires_grad || key.requires_grad || value.requires_grad);
        var seen = mask?.expand(query.shape[0], query.shape[1], query.shape[2], key.shape[2]);
        Span<ulong> words =
        [
            library.Word(query), library.Word(key), library.Word(value), seen is null ? 0 : LibtorchInterface.Optional(library.Word(seen)),
            gradient ? 1UL : 0, (ulong)own.Number(4) /* dropout */, (ulong)own.Number(5) /* causal */, (ulong)own.Number(6) /* scale */,
        ];
        library.Call("aten::_scaled_dot_product_efficient_attention", words);
        for (var at = 1; at < 4; at++) LibtorchInterface.Result(words[at]).Dispose();
        own.Return(LibtorchInterface.Result(words[0]));
    }

    // query, key, value, mask?, with logsumexp, dropout, causal, scale? → output, logsumexp, seed, offset
    private static void EfficientAttention(KernelArguments own)
    {
        var query = own.Tensor(0);
        own.Tensor(1);
        own.Tensor(2);
        own.Optional(3);
        own.Skip(7);
        var rows = own.Number(4) == 0 ? 0 : (query.shape[2] + EfficientRows - 1) / EfficientRows * EfficientRows;
        own.Return(ByToken(query), empty([query.shape[0], query.shape[1], rows], ScalarType.Float32, query.device),
            empty([], ScalarType.Int64, query.device), empty([], ScalarType.Int64, query.device));
    }

    // gradient, query, key, value, mask, output, logsumexp, seed, offset, dropout, wanted[4], causal, scale?
    private static void EfficientAttentionBackward(KernelArguments own)
    {
        var given = Enumerable.Range(0, 9).Select(own.Tensor).ToArray();
        var wanted = own.Numbers(10);
        own.Skip(12);
        own.Return(
            wanted[0] != 0 ? ByToken(given[1]) : null, wanted[1] != 0 ? ByToken(given[2]) : null, wanted[2] != 0 ? ByToken(given[3]) : null,
            wanted[3] != 0 ? Like(given[4]) : null);
    }

    // self[], gradients[], means[], squares[], maxima[], steps[], 7 numbers, scale?, infinite? → nothing
    private static void AdamW(KernelArguments own)
    {
        for (var list = 0; list < 6; list++) own.SkipTensors(list);
        own.Optional(13);
        own.Optional(14);
    }

    private static Tensor Like(Tensor tensor) => empty(tensor.shape, tensor.dtype, tensor.device);

    private static Tensor LikeBool(Tensor tensor) => empty(tensor.shape, ScalarType.Bool, tensor.device);

    private static Tensor? Wanted(long wanted, Tensor? like) => wanted == 0 || like is null ? null : Like(like);

    /// <summary>A float32 number for each normalized part.</summary>
    private static Tensor Statistic(Tensor input, long[] normalized)
    {
        var shape = input.shape;
        Array.Fill(shape, 1, shape.Length - normalized.Length, normalized.Length);
        return empty(shape, ScalarType.Float32, input.device);
    }

    /// <summary>[rows, heads, tokens, size] that lies as [rows, tokens, heads, size], as the attention kernels have it.</summary>
    private static Tensor ByToken(Tensor x) => empty([x.shape[0], x.shape[2], x.shape[1], x.shape[3]], x.dtype, x.device).transpose(1, 2);
}
