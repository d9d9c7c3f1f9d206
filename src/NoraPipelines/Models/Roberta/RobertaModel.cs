using NoraPipelines.Plans;
using NoraPipelines.Training;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Roberta;

/// <summary>
/// RoBERTa with a head that classifies texts (RobertaForSequenceClassification of transformers). The encoder is frozen until
/// <see cref="TrainAllParameters"/>; the head trains with it, or where <see cref="Methods.AdapterSet.TrainInFull"/> is given it, and its
/// <see cref="ClassificationHead.Training"/> switches dropout in all of the model.
/// </summary>
// Legend: rows = texts of the batch, tokens = their common length, hidden = width of the encoder, labels = outputs of the head.
public sealed partial class RobertaModel : ITextModel
{
    private readonly RobertaEmbeddings _embeddings;

    private RobertaModel(EncoderShape shape, ScalarType dtype, Device device, Func<string, long[], Tensor> read, ClassificationHead head)
    {
        (Shape, Dtype, Device, Classifier) = (shape, dtype, device, head);
        var weights = new RobertaWeights(shape, read);
        _embeddings = new RobertaEmbeddings(shape, weights);
        Layers = Enumerable.Range(0, shape.LayerCount).Select(layer => new RobertaLayer(shape, layer, weights)).ToArray();
    }

    public EncoderShape Shape { get; }

    public ScalarType Dtype { get; }

    public Device Device { get; }

    public IReadOnlyList<RobertaLayer> Layers { get; }

    public ClassificationHead Classifier { get; }

    /// <summary>Training keeps each layer's input alone and computes the layer again in the backward pass; same gradients.</summary>
    public bool GradientCheckpointing { get; set; }

    /// <summary>Whether the checkpoint had no head for so many labels, so that this one begins at random.</summary>
    public bool HasNewHead { get; private init; }

    public IEnumerable<LinearProjection> Projections => Layers.SelectMany(layer => layer.Projections);

    /// <summary>All weights under Hugging Face's names, the head's last.</summary>
    public IEnumerable<NamedTensor> Parameters =>
        [.. _embeddings.Parameters, .. Layers.SelectMany(layer => layer.Parameters()), .. Classifier.Parameters];

    public IReadOnlyList<ITrainedModule> TrainedModules => [Classifier];

    int ITextModel.LayerCount => Shape.LayerCount;

    int ITextModel.VocabularySize => Shape.VocabularySize;

    int ITextModel.LongestText => Shape.MaxTokens;

    /// <summary>For tests; sees 0 the embeddings, i the output of layer i − 1.</summary>
    internal Action<int, Tensor>? HiddenObserver { get; set; }

    /// <summary>Token ids [rows, tokens] int64 → [rows, tokens, hidden] in the model's dtype.</summary>
    /// <param name="paddingMask">[rows, tokens] bool, true = token; null where nothing is padded.</param>
    /// <exception cref="NoraException">More tokens than the model has positions, or an id that it does not know.</exception>
    public Tensor Hidden(Tensor ids, Tensor? paddingMask = null)
    {
        CheckIds(ids);
        using var scope = NewDisposeScope();
        var training = Classifier.Training;
        var pass = new EncoderPass(
            EncoderPass.MaskOf(paddingMask, Dtype), training ? Shape.HiddenDropout : 0, training ? Shape.AttentionDropout : 0);
        var x = _embeddings.Forward(ids, pass); // [rows, tokens, hidden]
        HiddenObserver?.Invoke(0, x);
        var run = LayerRun(pass);
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            var before = x;
            x = run(Layers[layer], before); // [rows, tokens, hidden]
            if (!is_grad_enabled()) before.Dispose(); // no backward pass reads it again
            HiddenObserver?.Invoke(layer + 1, x);
        }
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>Token ids [rows, tokens] int64 → [rows, labels] float32.</summary>
    /// <inheritdoc cref="Hidden"/>
    public Tensor Logits(Tensor ids, Tensor? paddingMask = null)
    {
        using var scope = NewDisposeScope();
        return Classifier.Forward(Hidden(ids, paddingMask).select(1, 0)).MoveToOuterDisposeScope();
    }

    /// <summary>Makes every weight require a gradient and returns them, the head's last.</summary>
    /// <exception cref="NoraException">The weights are not float32: small steps would be rounded away.</exception>
    public IReadOnlyList<NamedTensor> TrainAllParameters()
    {
        if (Dtype != ScalarType.Float32)
        {
            throw new NoraException(
                $"Full training updates the weights themselves, and they are held in {Dtype}, too coarse for small steps. "
                + "Set model.dtype to float32.");
        }
        var all = Parameters.ToArray();
        foreach (var (_, value) in all) value.requires_grad_(true);
        return all;
    }

    public void Dispose()
    {
        _embeddings.Dispose();
        foreach (var layer in Layers) layer.Dispose();
        Classifier.Dispose();
    }

    Tensor ITextModel.Outputs(Tensor ids) => Logits(ids);

    /// <summary>
    /// How this pass goes through a layer. Where anything drops out each layer has a seed of its own, drawn once a pass, so that a layer
    /// that is computed again drops the same elements, and the numbers do not depend on <see cref="GradientCheckpointing"/>.
    /// </summary>
    private Func<RobertaLayer, Tensor, Tensor> LayerRun(EncoderPass pass)
    {
        var recompute = GradientCheckpointing && is_grad_enabled();
        long? seed = pass.DropsOut || Layers.Any(layer => layer.DropsOut) ? randint(long.MaxValue, [1]).item<long>() : null;
        if (!recompute && seed is null) return (layer, x) => layer.Forward(x, pass);

        var returned = new ReturnedGradients();
        return (layer, x) =>
        {
            var layerSeed = seed is { } drawn ? Seeds.Mix(drawn, layer.Projections[0].Layer) : (long?)null;
            if (recompute)
            {
                return LayerRecomputation.Run(
                    (again, shared) => layer.Forward(again, pass with { Mask = shared[0] }), layer.Trainable(), x, [pass.Mask], layerSeed, returned);
            }
            manual_seed(layerSeed!.Value);
            return layer.Forward(x, pass);
        };
    }

    private void CheckIds(Tensor ids)
    {
        if (ids.shape[1] > Shape.MaxTokens)
        {
            throw new NoraException($"The model has positions for {Shape.MaxTokens:N0} tokens and was given {ids.shape[1]:N0} in a row. "
                + "Shorten the texts (dataset.max_tokens).");
        }
        if (Device.type != TorchSharp.DeviceType.CPU || ids.numel() == 0) return;
        var (least, greatest) = (ids.min().item<long>(), ids.max().item<long>());
        if (least >= 0 && greatest < Shape.VocabularySize) return;
        throw new NoraException(
            $"The text holds token {(least < 0 ? least : greatest)}; the model knows 0 to {Shape.VocabularySize - 1}. "
            + "The tokenizer belongs to another model: point model.tokenizer at the model's own.");
    }
}
