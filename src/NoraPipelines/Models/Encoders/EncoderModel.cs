using System.Text.Json.Nodes;
using NoraPipelines.Data;
using NoraPipelines.Interop;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Encoders;

/// <summary>
/// A bidirectional encoder with a head that classifies texts, its norms behind the residual sums. The encoder is frozen until
/// <see cref="Methods.FullTraining.TrainAllParameters"/>; the head trains with it, or where <see cref="AdapterSet.TrainInFull"/> is given
/// it, and its <see cref="ClassificationHead.Training"/> switches dropout in all of the model. Families differ in what is abstract here.
/// </summary>
// Legend: rows = texts of the batch, tokens = their common length, hidden = width of the encoder, labels = outputs of the head.
public abstract class EncoderModel : ITokenModel, IClassifier<TextBatch>
{
    private readonly EncoderEmbeddings _embeddings;

    private protected EncoderModel(EncoderShape shape, ScalarType dtype, Device device, EncoderWeights weights, ClassificationHead head)
    {
        (Shape, Dtype, Device, Classifier) = (shape, dtype, device, head);
        _embeddings = new EncoderEmbeddings(shape, weights);
        Layers = Enumerable.Range(0, shape.LayerCount).Select(layer => new EncoderLayer(shape, layer, weights)).ToArray();
    }

    public EncoderShape Shape { get; }

    ModelShape IAdaptableModel.Shape => Shape;

    public ScalarType Dtype { get; }

    public Device Device { get; }

    public IReadOnlyList<EncoderLayer> Layers { get; }

    public ClassificationHead Classifier { get; }

    public int Labels => Classifier.Labels;

    public int VocabularySize => Shape.VocabularySize;

    public int LongestText => Shape.MaxTokens;

    public bool GradientCheckpointing { get; set; }

    /// <summary>Whether the checkpoint had no head for this number of labels, so that this one begins at random.</summary>
    public bool HasNewHead { get; private protected init; }

    public IEnumerable<LinearProjection> Projections => Layers.SelectMany(layer => layer.Projections);

    /// <summary>All weights under Hugging Face's names, the head's last.</summary>
    public IEnumerable<NamedTensor> Parameters =>
        [.. _embeddings.Parameters, .. Layers.SelectMany(layer => layer.Parameters()), .. PoolerParameters, .. Classifier.Parameters];

    public IReadOnlyList<ITrainedModule> TrainedModules => [Classifier];

    /// <summary>For tests; sees 0 the embeddings, i the output of layer i − 1.</summary>
    internal Action<int, Tensor>? HiddenObserver { get; set; }

    /// <summary>Between the encoder and its head; empty where the family has nothing there.</summary>
    private protected virtual IReadOnlyList<NamedTensor> PoolerParameters => [];

    /// <summary>Id of the padding token, for config.json.</summary>
    private protected abstract int PaddingId { get; }

    /// <summary>transformers' class: RobertaForSequenceClassification.</summary>
    private protected abstract string ClassName { get; }

    /// <summary>Token ids [rows, tokens] int64 → [rows, tokens, hidden] in the model's dtype.</summary>
    /// <param name="paddingMask">[rows, tokens] bool, true = token; null where nothing is padded.</param>
    /// <param name="tokenTypes">[rows, tokens] int64: the text of a pair that a token belongs to, 0 or 1; null: one text a row.</param>
    /// <exception cref="NoraException">More tokens than the model has positions, or an id that it does not know.</exception>
    public Tensor Hidden(Tensor ids, Tensor? paddingMask = null, Tensor? tokenTypes = null)
    {
        Check(ids);
        using var scope = NewDisposeScope();
        using var part = StepRange.Enter(Parts.Residuals);
        var training = Classifier.Training;
        var pass = new EncoderPass(
            EncoderPass.MaskOf(paddingMask, Dtype), training ? Shape.HiddenDropout : 0, training ? Shape.AttentionDropout : 0);
        if (pass.DropsOut) DeviceRandom.Follow(ids.device);
        var x = _embeddings.Forward(ids, PositionsOf(ids), TypesOf(tokenTypes), pass); // [rows, tokens, hidden]
        HiddenObserver?.Invoke(0, x);
        var run = new LayerRun(Layers, GradientCheckpointing, pass.DropsOut);
        for (var layer = 0; layer < Layers.Count; layer++)
        {
            var before = x;
            x = run.Through(Layers[layer], before, pass); // [rows, tokens, hidden]
            if (!is_grad_enabled()) before.Dispose(); // no backward pass reads it again
            HiddenObserver?.Invoke(layer + 1, x);
        }
        return x.MoveToOuterDisposeScope();
    }

    public Tensor Hidden(TextBatch batch) => Hidden(batch.InputIds, batch.PaddingMask, batch.TokenTypes);

    /// <summary>Token ids [rows, tokens] int64 → [rows, labels] float32.</summary>
    /// <inheritdoc cref="Hidden(Tensor, Tensor?, Tensor?)"/>
    public Tensor Logits(Tensor ids, Tensor? paddingMask = null, Tensor? tokenTypes = null)
    {
        using var scope = NewDisposeScope();
        var first = Hidden(ids, paddingMask, tokenTypes).select(1, 0); // [rows, hidden]
        return Classifier.Forward(Pooled(first)).MoveToOuterDisposeScope();
    }

    public Tensor Logits(TextBatch batch) => Logits(batch.InputIds, batch.PaddingMask, batch.TokenTypes);

    /// <inheritdoc/>
    public Tensor Probe()
    {
        using var scope = NewDisposeScope();
        return Logits(TokenIds.Probe(this)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public JsonObject Config(JsonObject? source, IReadOnlyList<string>? classes) =>
        EncoderConfigFile.WithClasses(source ?? EncoderConfigFile.Of(Shape, PaddingId), ClassName, Labels, classes);

    public virtual void Dispose()
    {
        _embeddings.Dispose();
        foreach (var layer in Layers) layer.Dispose();
        Classifier.Dispose();
    }

    /// <summary>Rows of the position table, [rows or 1, tokens] int64.</summary>
    internal abstract Tensor PositionsOf(Tensor ids);

    /// <summary>Rows of the token-type table; null: the first throughout.</summary>
    private protected abstract Tensor? TypesOf(Tensor? tokenTypes);

    /// <summary>What the head reads, from the state of the first token [rows, hidden].</summary>
    private protected virtual Tensor Pooled(Tensor first) => first;

    private void Check(Tensor ids)
    {
        if (ids.shape[1] > Shape.MaxTokens)
        {
            throw new NoraException($"The model has positions for {Shape.MaxTokens:N0} tokens and was given {ids.shape[1]:N0} in a row. "
                + "Shorten the texts (dataset.max_tokens).");
        }
        TokenIds.Check(ids, Shape.VocabularySize);
    }
}
