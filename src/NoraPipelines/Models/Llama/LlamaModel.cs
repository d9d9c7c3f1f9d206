using System.Text.Json.Nodes;
using NoraPipelines.Interop;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Llama;

/// <summary>
/// A decoder of the Llama kind: Llama 1–3.1, Mistral, Gemma, Qwen2 and Qwen3, told apart by their <see cref="DecoderShape"/> alone. Numbers agree
/// with transformers 4.41–4.45. All weights are frozen until <see cref="Methods.FullTraining.TrainAllParameters"/>.
/// </summary>
// Legend: rows = sequences of the batch, tokens = their common length, hidden = width of the residual stream.
public sealed partial class LlamaModel : ICausalModel
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

    ModelShape IAdaptableModel.Shape => Shape;

    public int VocabularySize => Shape.VocabularySize;

    public int LongestText => Shape.MaxPositions;

    /// <inheritdoc/>
    public bool SeesLength => Shape.RopeScaling is RopeScaling.Dynamic;

    public IReadOnlyList<ITrainedModule> TrainedModules => [];

    public IEnumerable<LinearProjection> Projections => Layers.SelectMany(layer => layer.Projections);

    public IEnumerable<NamedTensor> Parameters =>
    [
        new(LlamaWeights.Embeddings, _embeddings),
        .. Layers.SelectMany(layer => layer.Parameters()),
        _finalNorm.Parameter,
        .. Shape.TiedEmbeddings ? (ReadOnlySpan<NamedTensor>)[] : [new(LlamaWeights.Head, _head)],
    ];

    public bool GradientCheckpointing { get; set; }

    public Tensor Head => _head;

    /// <summary>For tests; sees the residual stream: 0 the embeddings, i the output of layer i − 1, the last after the final norm.</summary>
    internal Action<int, Tensor>? HiddenObserver { get; set; }

    /// <inheritdoc/>
    public Tensor Hidden(
        Tensor ids, Tensor? paddingMask = null, KeyValueCache? cache = null, Tensor? positions = null, Tensor? segments = null)
    {
        if (segments is not null && cache is not null) throw new ArgumentException("A cache holds one text a row.", nameof(segments));
        var (tokens, past) = ((int)ids.shape[1], cache?.Length ?? 0);
        CheckLength(tokens, past, cache);
        using var scope = NewDisposeScope();
        using var part = StepRange.Enter(Parts.Residuals);
        var at = positions ?? arange(past, past + tokens, device: Device).unsqueeze(0); // [rows or 1, tokens]
        var lengths = LongLengths(at, paddingMask?.narrow(1, past, tokens), segments);
        if (Shape.RopeScaling is RopeScaling.Dynamic && cache?.Remember(ids) is { } whole && past > 0 && lengths is not null)
        {
            // Every token's hidden states depend on the text's length, not its keys alone: the text is seen again.
            var before = past + tokens - 1 - at.narrow(1, tokens - 1, 1); // [rows or 1, 1]: padding on the left
            cache.Restart();
            return Hidden(whole, paddingMask, cache, (arange(past + tokens, device: Device).unsqueeze(0) - before).clamp_min(0))
                .narrow(1, past, tokens).MoveToOuterDisposeScope();
        }
        var context = new ForwardContext(
            _rotary.Angles(at, Dtype, lengths),
            AttentionMask.Build(tokens, past + tokens, Shape.SlidingWindow, paddingMask, Dtype, Device, segments),
            cache,
            is_grad_enabled() ? new ReturnedGradients() : null);
        var full = Shape.SlidingWindow is null || Shape.FullAttentionLayers.Count == 0 ? context : context with
        {
            Mask = AttentionMask.Build(tokens, past + tokens, window: null, paddingMask, Dtype, Device, segments),
        };

        var run = new LayerRun(Layers, GradientCheckpointing);
        var x = Embed(ids); // [rows, tokens, hidden]
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            HiddenObserver?.Invoke(layer, x);
            var before = x;
            x = run.Through(Layers[layer], before, Shape.WindowOf(layer) is null ? full : context); // [rows, tokens, hidden]
            if (context.Returned is null) before.Dispose(); // no backward pass reads it again
        }
        x = _finalNorm.Forward(x, context.Returned); // [rows, tokens, hidden]
        HiddenObserver?.Invoke(Layers.Count, x);
        cache?.Advance(tokens);
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>Lengths of the texts where the kind dynamic makes frequencies of them; null where none is longer than the first training's.</summary>
    private long[,]? LongLengths(Tensor positions, Tensor? padding, Tensor? segments)
    {
        if (Shape.RopeScaling is not RopeScaling.Dynamic dynamic) return null;
        var lengths = TextLengths.Of(positions, padding, segments);
        return lengths.Cast<long>().Max() > dynamic.OriginalMaxPositions ? lengths : null;
    }

    /// <inheritdoc/>
    public Tensor Logits(Tensor hidden) => nn.functional.linear(hidden, _head);

    /// <inheritdoc/>
    public KeyValueCache NewCache(int rows, int capacity) =>
        new(Shape.LayerCount, Shape.KeyValueHeadCount, Shape.HeadSize, rows, capacity, Dtype, Device);

    /// <inheritdoc/>
    public Tensor Probe()
    {
        using var scope = NewDisposeScope();
        return Logits(Hidden(TokenIds.Probe(this))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public JsonObject Config(JsonObject? source, IReadOnlyList<string>? classes) => source ?? LlamaConfigFile.Of(Shape);

    public void Dispose()
    {
        _embeddings.Dispose();
        foreach (var layer in Layers) layer.Dispose();
        _finalNorm.Dispose();
        _head.Dispose();
        _rotary.Dispose();
    }

    private Tensor Embed(Tensor ids)
    {
        TokenIds.Check(ids, Shape.VocabularySize);
        using var part = StepRange.Enter(Parts.Embedding);
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

    /// <summary>Gemma rounds √hidden to the dtype of the weights before it multiplies.</summary>
    private static float RoundTo(ScalarType dtype, float value)
    {
        using var rounded = tensor(value).to(dtype).to(ScalarType.Float32);
        return rounded.item<float>();
    }
}
