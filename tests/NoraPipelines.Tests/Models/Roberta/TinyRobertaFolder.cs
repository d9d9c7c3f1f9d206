using System.Text.Json.Nodes;
using NoraPipelines.Checkpoints;
using NoraPipelines.Models.Roberta;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tests.Tokenization;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Roberta;

/// <summary>A checkpoint as it comes from pretraining: no head of a classifier, and a tokenizer of two files whose tokens are bytes.</summary>
internal sealed class TinyRobertaFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TinyRobertaFolder()
    {
        var vocabulary = new JsonObject();
        foreach (var token in (string[])["<s>", "<pad>", "</s>", "<unk>", "<mask>"]) vocabulary[token] = vocabulary.Count;
        foreach (var (token, _) in ByteLevelFixture.Plain([])["model"]!["vocab"]!.AsObject()) vocabulary[token] = vocabulary.Count;
        File.WriteAllText(_folder["vocab.json"], vocabulary.ToJsonString());
        File.WriteAllText(_folder["merges.txt"], "#version: 0.2\n");
        File.WriteAllText(_folder["config.json"], $$"""
            {"model_type":"roberta","architectures":["RobertaForMaskedLM"],"vocab_size":{{vocabulary.Count}},"hidden_size":64,
             "intermediate_size":96,"num_hidden_layers":2,"num_attention_heads":4,"max_position_embeddings":130,"type_vocab_size":1,
             "pad_token_id":1,"bos_token_id":0,"eos_token_id":2,"layer_norm_eps":1e-05,"hidden_act":"gelu"}
            """);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var shape = (RobertaShape)HuggingFaceCheckpoint.ReadShape(_folder.Path);
        using var model = RobertaModel.Random(shape, labels: 2, seed: 3, ScalarType.Float32, CPU);
        var tensors = model.Parameters.Except(model.Classifier.Parameters).ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        foreach (var value in tensors.Values.Where(value => value.dim() == 2)) value.mul_(6);
        tensors["lm_head.dense.weight"] = zeros(64, 64);
        tensors["roberta.embeddings.position_ids"] = arange(130, ScalarType.Int64);
        SafetensorsWriter.Write(_folder["model.safetensors"], tensors);
    }

    public string Path => _folder.Path;

    public string this[string name] => _folder[name];

    /// <summary>QNLI's form; the answer is told by a word of the question.</summary>
    public string WriteRows(string name, int rows)
    {
        var lines = Enumerable.Range(0, rows).Select(row => row % 2 == 0
            ? $"{row}\tIs {row} even?\tIt is, as {row / 2} twice.\tentailment"
            : $"{row}\tIs {row} odd?\tNobody knows what {row * 7} is.\tnot_entailment");
        File.WriteAllText(_folder[name], "index\tquestion\tsentence\tlabel\n" + string.Join("\n", lines) + "\n");
        return _folder[name];
    }

    public void Dispose() => _folder.Dispose();
}
