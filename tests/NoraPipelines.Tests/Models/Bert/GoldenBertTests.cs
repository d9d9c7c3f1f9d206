using NoraPipelines.Checkpoints;
using NoraPipelines.Models.Bert;
using NoraPipelines.Plans;
using NoraPipelines.Tokenization;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Bert;

/// <summary>The published weights against what ONNX Runtime computed with them (tests/golden/bert-minilm).</summary>
public sealed class GoldenBertTests
{
    // Rows 1 and 3 of the reference, counted from 0, are pairs.
    private static readonly (string First, string? Second)[] Texts =
    [
        ("The quick brown fox jumps over the lazy dog.", null),
        ("Where was the treaty signed?", "The treaty was signed in Paris, after eleven months of negotiation."),
        ("unbelievably good", null),
        ("A man is playing a guitar on stage while the audience listens quietly.", "Somebody makes music."),
    ];

    [MiniLmFact]
    public void Hidden_states_and_pooler_agree_with_the_reference()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var model = Load();
        using var inputs = SafetensorsFile.Open(GoldenFile.Path("bert-minilm/inputs.safetensors"));
        using var outputs = SafetensorsFile.Open(GoldenFile.Path("bert-minilm/outputs.safetensors"));
        var mask = inputs.Read("attention_mask").to(ScalarType.Bool); // [rows, tokens]
        var hidden = model.Hidden(inputs.Read("input_ids"), mask, inputs.Read("token_type_ids")); // [rows, tokens, hidden]
        Near.Check(outputs.Read("last_hidden_state")[mask], hidden[mask], 1e-4, 0, "last_hidden_state");
        Near.Check(outputs.Read("pooler_output"), model.PoolerOutput(hidden), 1e-4, 0, "pooler_output");
    }

    [MiniLmFact]
    public void The_tokenizer_gives_the_references_ids_and_token_types()
    {
        using var scope = NewDisposeScope();
        using var inputs = SafetensorsFile.Open(GoldenFile.Path("bert-minilm/inputs.safetensors"));
        var tokenizer = TextTokenizer.Load(MiniLm.Folder);
        for (var row = 0; row < Texts.Length; row++)
        {
            var (ids, second, _) = tokenizer.EncodeClassified(Texts[row].First, Texts[row].Second, 128);
            var length = (int)inputs.Read("attention_mask")[row].sum().item<long>();
            Assert.Equal(inputs.Read("input_ids")[row].data<long>().ToArray()[..length], ids.Select(id => (long)id));
            Assert.Equal(
                inputs.Read("token_type_ids")[row].data<long>().ToArray()[..length],
                Enumerable.Range(0, length).Select(place => place >= second ? 1L : 0L));
        }
    }

    [MiniLmFact]
    public void The_files_weights_are_those_of_the_catalogues_shape()
    {
        using var scope = NewDisposeScope();
        using var model = Load();
        Assert.Equal(ModelCatalog.Find("all-minilm-l6-v2"), model.Shape);
        Assert.Equal(22_713_216 + 2 * 384 + 2, model.Parameters.Sum(parameter => parameter.Value.numel()));
        Assert.True(model.HasNewHead);
    }

    private static BertModel Load()
    {
        using var checkpoint = HuggingFaceCheckpoint.Open(MiniLm.Folder);
        return BertModel.Load(checkpoint, (BertShape)checkpoint.ReadShape(), labels: 2, ScalarType.Float32, CPU, headSeed: 1);
    }
}
