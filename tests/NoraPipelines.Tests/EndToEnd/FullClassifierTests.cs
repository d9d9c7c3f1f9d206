using NoraPipelines.Checkpoints;
using NoraPipelines.Models.Roberta;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Build;
using NoraPipelines.Tests.Models.Roberta;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>An encoder from a seed that trains in full, from the command line to the merged folder.</summary>
public sealed class FullClassifierTests
{
    private const string Spec = """
        pipeline: sample
        model:
          architecture: roberta
          shape: { vocab_size: 261, hidden_size: 32, intermediate_size: 64, num_hidden_layers: 2, num_attention_heads: 4, max_position_embeddings: 130 }
          source: { random: 3 }
          tokenizer: tokenizer
          dtype: float32
        adapter: { method: full }
        dataset: { train: { path: train.csv }, template: glue, task: qnli, max_tokens: 64 }
        training: { steps: 60, batch: 16, micro_batch: 8, learning_rate: 3e-3, gradient_checkpointing: true, checkpoint: { every_steps: 10 } }
        evaluation: [{ task: glue/qnli, path: dev.jsonl }]
        export: { peft: false, merged: true }
        """;

    [LinuxFact]
    public void Learns_is_killed_goes_on_to_the_same_bytes_and_loads_again()
    {
        using var folder = new TinyRobertaFolder();
        using var program = new TrialProgram(Spec);
        Directory.CreateDirectory(program.In("tokenizer"));
        foreach (var name in (string[])["vocab.json", "merges.txt", "config.json"]) File.Copy(folder[name], program.In("tokenizer/" + name));
        var rows = Enumerable.Range(0, 128).Select(row => (Question: row % 2 == 0 ? $"Is {row} even?" : $"Is {row} odd, or not?", Sentence: $"It is {row}.", Label: row % 2)).ToArray();
        program.Put("train.csv", "idx,question,sentence,label\n" + string.Concat(rows.Select(row => $"1,\"{row.Question}\",{row.Sentence},{row.Label}\n")));
        program.Put("dev.jsonl", string.Concat(rows.Take(40).Select(row => $$"""{"question":"{{row.Question}}","sentence":"{{row.Sentence}}","label":{{row.Label}}}""" + "\n")));

        // What is not computed again gives the same weights.
        var whole = program.Json("run", "sample", "--output", program.In("whole"), "--set", "training.gradient_checkpointing=false");
        var accuracy = whole.GetProperty("evaluation").GetProperty("after").GetProperty("accuracy").GetDouble();
        Assert.True(accuracy >= 0.9, $"accuracy {accuracy}");
        Assert.True(program.RunUntil(() => Directory.Exists(program.In("cut/checkpoints/step-000020")), "run", "sample", "--output", program.In("cut")));
        program.Json("run", "sample", "--output", program.In("cut"), "--resume");
        Assert.Equal(File.ReadAllBytes(program.In("whole/merged/model.safetensors")), File.ReadAllBytes(program.In("cut/merged/model.safetensors")));

        using var checkpoint = HuggingFaceCheckpoint.Open(program.In("whole/merged"));
        using var model = RobertaModel.Load(checkpoint, (RobertaShape)checkpoint.ReadShape(), labels: 2, ScalarType.Float32, CPU, headSeed: 1);
        Assert.False(model.HasNewHead);
        Assert.True(File.Exists(program.In("whole/merged/vocab.json")));
    }
}
