using NoraPipelines.Generation;
using NoraPipelines.Plans;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Llama;

/// <summary>
/// A decoder of the Llama kind: Llama 1–3.1, Mistral, Gemma, Qwen2 and Qwen3, told apart by their <see cref="DecoderShape"/> alone. Numbers agree
/// with transformers 4.41–4.45. All weights are frozen until <see cref="TrainAllParameters"/>.
/// </summary>
// Legend: rows = sequences of the batch, tokens = their common length, hidden = width of the residual stream.
public sealed partial class LlamaModel : ITextModel
{
    private readonly Tensor _embeddings; // [vocabulary, hidden]
    private readonly Tensor _head; // [vocabulary, hidden]; the embeddings themselves when tied
    private readonly RmsNorm _finalNorm;
    private readonly RotaryEmbedding _rotary;
    private readonly float? _embeddingScale;

    private LlamaModel(DecoderShape shape, ScalarType dtype, Device device, Func<string, long[], Tensor> read)
    {
        Shape = shape;
        Dtype = dtype;
        Device = device;
        var weights = new LlamaWeights(shape, read);
        _embeddings = weights.Read(LlamaWeights.Embeddings, shape.VocabularySize, shape.HiddenSize).DetachFromDisposeScope();
        Layers = Enumerable.Range(0, shape.LayerCount).Select(layer => new LlamaLayer(shape, layer, weights)).ToArray();
        _finalNorm = weights.Norm(LlamaWeights.FinalNorm);
        _head = shape.TiedEmbeddings
            ? _embeddings
            : weights.Read(LlamaWeights.Head, shape.VocabularySize, shape.HiddenSize).DetachFromDisposeScope();
        _rotary = new RotaryEmbedding(shape, device);
        if (shape.ScaledEmbeddings) _embeddingScale = RoundTo(dtype, MathF.Sqrt(shape.HiddenSize));
    }

    public DecoderShape Shape { get; }

    public ScalarType Dtype { get; }

    public Device Device { get; }

    public IReadOnlyList<LlamaLayer> Layers { get; }

    int ITextModel.LayerCount => Shape.LayerCount;

    int ITextModel.VocabularySize => Shape.VocabularySize;

    int ITextModel.LongestText => Shape.MaxPositions;

    IReadOnlyList<ITrainedModule> ITextModel.TrainedModules => [];

    /// <summary>All projections that adapters can be placed on, layer by layer.</summary>
    public IEnumerable<LinearProjection> Projections => Layers.SelectMany(layer => layer.Projections);

    /// <summary>All weights under Hugging Face's names; a tied head once, as the embeddings.</summary>
    public IEnumerable<NamedTensor> Parameters =>
    [
        new(LlamaWeights.Embeddings, _embeddings),
        .. Layers.SelectMany(layer => layer.Parameters()),
        _finalNorm.Parameter,
        .. Shape.TiedEmbeddings ? (ReadOnlySpan<NamedTensor>)[] : [new(LlamaWeights.Head, _head)],
    ];

    /// <summary>Training keeps each layer's input alone and computes the layer again in the backward pass; same gradients.</summary>
    public bool GradientCheckpointing { get; set; }

    /// <summary>The matrix that <see cref="Logits"/> multiplies by, [vocabulary, hidden].</summary>
    internal Tensor Head => _head;

    /// <summary>For tests; sees the residual stream: 0 the embeddings, i the output of layer i − 1, the last after the final norm.</summary>
    internal Action<int, Tensor>? HiddenObserver { get; set; }

    /// <summary>Token ids [rows, tokens] int64 → [rows, tokens, hidden] after the final norm, in the model's dtype.</summary>
    /// <param name="paddingMask">[rows, past + tokens] bool, true = token. Null where there is no padding. Rows that are padded on the
    /// right only do not need one for the positions of tokens: no token looks ahead.</param>
    /// <param name="cache">Holds the past; the new tokens are added to it. Needs no_grad.</param>
    /// <param name="positions">[rows or 1, tokens] int64; null: past, past + 1, … for every row.</param>
    /// <param name="segments">[rows, tokens] int64: tokens see only those of the same number, so that a row can hold several texts, with
    /// <paramref name="positions"/> that begin anew. Null: one text a row. Not with a cache.</param>
    /// <exception cref="NoraException">More tokens than the model has positions or the cache has room for, or an id that it does not
    /// know.</exception>
    /// <exception cref="ArgumentException">Segments and a cache.</exception>
    public Tensor Hidden(
        Tensor ids, Tensor? paddingMask = null, KeyValueCache? cache = null, Tensor? positions = null, Tensor? segments = null)
    {
        if (segments is not null && cache is not null) throw new ArgumentException("A cache holds one text a row.", nameof(segments));
        var (tokens, past) = ((int)ids.shape[1], cache?.Length ?? 0);
        CheckLength(tokens, past, cache);
        using var scope = NewDisposeScope();
        var at = positions ?? arange(past, past + tokens, device: Device).unsqueeze(0); // [rows or 1, tokens]
        var context = new ForwardContext(
            _rotary.Angles(at, Dtype),
            AttentionMask.Build(tokens, past + tokens, Shape.SlidingWindow, paddingMask, Dtype, Device, segments),
            cache,
            is_grad_enabled() ? new ReturnedGradients() : null);
        var full = Shape.SlidingWindow is null || Shape.FullAttentionLayers.Count == 0 ? context : context with
        {
            Mask = AttentionMask.Build(tokens, past + tokens, window: null, paddingMask, Dtype, Device, segments),
        };

        var run = LayerRun();
        var x = Embed(ids); // [rows, tokens, hidden]
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            HiddenObserver?.Invoke(layer, x);
            var before = x;
            x = run(Layers[layer], before, Shape.WindowOf(layer) is null ? full : context); // [rows, tokens, hidden]
            if (context.Returned is null) before.Dispose(); // no backward pass reads it again
        }
        x = _finalNorm.Forward(x, context.Returned); // [rows, tokens, hidden]
        HiddenObserver?.Invoke(Layers.Count, x);
        cache?.Advance(tokens);
        return x.MoveToOuterDisposeScope();
    }

    Tensor ITextModel.Hidden(Tensor ids, Tensor? paddingMask) => Hidden(ids, paddingMask);

    Tensor ITextModel.Outputs(Tensor ids) => Logits(Hidden(ids));

    /// <summary>[.., hidden] → [.., vocabulary], in the model's dtype.</summary>
    public Tensor Logits(Tensor hidden) => nn.functional.linear(hidden, _head);

    /// <summary>Makes every weight require a gradient and returns them, a tied head once.</summary>
    /// <exception cref="NoraException">The weights are not float32: small steps would be rounded away.</exception>
    public IReadOnlyList<NamedTensor> TrainAllParameters()
    {
        if (Dtype != ScalarType.Float32)
        {
            throw new NoraException(
                $"Full training updates the weights themselves, and they are held in {Dtype}, too coarse for small steps. " +
                "Set model.dtype to float32.");
        }
        var all = Parameters.ToArray();
        foreach (var (_, value) in all) value.requires_grad_(true);
        return all;
    }

    public void Dispose()
    {
        _embeddings.Dispose();
        foreach (var layer in Layers) layer.Dispose();
        _finalNorm.Dispose();
        _head.Dispose();
        _rotary.Dispose();
    }

    /// <summary>
    /// How this pass goes through a layer. Each layer's dropout has a seed of its own, drawn once a pass, so that a layer that is computed
    /// again drops the same elements, and the numbers do not depend on <see cref="GradientCheckpointing"/>.
    /// </summary>
    private LayerStep LayerRun()
    {
        var recompute = GradientCheckpointing && is_grad_enabled();
        long? seed = Layers.Any(layer => layer.DropsOut) ? randint(long.MaxValue, [1]).item<long>() : null;
        if (!recompute && seed is null) return static (layer, x, in context) => layer.Forward(x, context);

        var returned = new ReturnedGradients();
        return (layer, x, in context) =>
        {
            var layerSeed = seed is { } drawn ? Seeds.Mix(drawn, layer.Projections[0].Layer) : (long?)null;
            if (recompute)
            {
                var causal = context.Mask.Causal;
                return LayerRecomputation.Run(
                    (again, shared) => layer.Forward(again, new ForwardContext(
                        new RotaryAngles(shared[0]!, shared[1]!), new AttentionMask(shared[2], causal), Cache: null, new ReturnedGradients())),
                    layer.Trainable(), x, [context.Rotary.Cosine, context.Rotary.SignedSine, context.Mask.Additive], layerSeed, returned);
            }
            manual_seed(layerSeed!.Value);
            return layer.Forward(x, context);
        };
    }

    private delegate Tensor LayerStep(LlamaLayer layer, Tensor x, in ForwardContext context);

    private Tensor Embed(Tensor ids)
    {
        CheckIds(ids);
        using var scope = NewDisposeScope();
        var found = _embeddings.index_select(0, ids.reshape(-1)).view(ids.shape[0], ids.shape[1], -1); // [rows, tokens, hidden]
        return (_embeddingScale is { } scale ? found * scale : found).MoveToOuterDisposeScope();
    }

    private void CheckLength(int tokens, int past, KeyValueCache? cache)
    {
        if (past + tokens > Shape.MaxPositions)
        {
            throw new NoraException(
                $"The model has {Shape.MaxPositions:N0} positions and was given {past + tokens:N0} tokens in a row. " +
                "Shorten the text (dataset.max_tokens, the prompt or the number of new tokens).");
        }
        if (past + tokens > cache?.Capacity)
        {
            throw new NoraException(
                $"The cache has room for {cache.Capacity:N0} tokens and {past + tokens:N0} are needed. Allocate it larger.");
        }
    }

    /// <summary>In the computer's memory only: elsewhere looking at the ids would wait for the device in every pass.</summary>
    private void CheckIds(Tensor ids)
    {
        if (Device.type != TorchSharp.DeviceType.CPU || ids.numel() == 0) return;
        var (least, greatest) = (ids.min().item<long>(), ids.max().item<long>());
        if (least >= 0 && greatest < Shape.VocabularySize) return;
        throw new NoraException(
            $"The text holds token {(least < 0 ? least : greatest)}; the model knows 0 to {Shape.VocabularySize - 1}. " +
            "The tokenizer belongs to another model: point model.tokenizer at the model's own.");
    }

    /// <summary>Gemma rounds √hidden to the dtype of the weights before it multiplies.</summary>
    private static float RoundTo(ScalarType dtype, float value)
    {
        using var rounded = tensor(value).to(dtype).to(ScalarType.Float32);
        return rounded.item<float>();
    }
}
