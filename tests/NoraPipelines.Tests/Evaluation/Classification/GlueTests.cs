using System.Text.Json;
using NoraPipelines.Data;
using NoraPipelines.Evaluation;
using NoraPipelines.Models.Roberta;
using NoraPipelines.Plans;
using NoraPipelines.Tests.Models.Roberta;
using NoraPipelines.Tokenization;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Evaluation;

public sealed class GlueTests : IDisposable
{
    private readonly TinyRobertaFolder _folder = new();
    private readonly RobertaModel _model = TinyEncoder.Create();
    private readonly TextTokenizer _tokenizer;

    public GlueTests() => _tokenizer = TextTokenizer.Load(_folder.Path);

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Scores_and_lines_do_not_depend_on_the_batch_and_are_those_of_each_row_alone()
    {
        var rows = GlueReader.Read(_folder.WriteRows("dev.tsv", 11), GlueTask.Qnli);
        var (all, each) = (Evaluate(_model, rows, GlueTask.Qnli, 4), Evaluate(_model, rows, GlueTask.Qnli, 1));

        Assert.Equal("glue-qnli-v1", all.Scores.Protocol);
        Assert.Equal(all.Scores, each.Scores);
        Assert.Equal(rows.Count, all.Lines.Length);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var correct = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            var ids = _tokenizer.EncodeClassified(rows[i].First, rows[i].Second, 24).Ids.Select(id => (long)id).ToArray();
            var logits = _model.Logits(tensor(ids).unsqueeze(0)).data<float>().ToArray();
            var predicted = logits[1] > logits[0] ? 1 : 0;
            if (predicted == (int)rows[i].Label) correct++;
            Assert.Equal(rows[i].First, all.Lines[i].GetProperty("text").GetString());
            Assert.Equal(rows[i].Second, all.Lines[i].GetProperty("second").GetString());
            Assert.Equal(predicted == 1 ? "not_entailment" : "entailment", all.Lines[i].GetProperty("predicted").GetString());
            Assert.Equal(predicted == (int)rows[i].Label ? "correct" : "wrong", all.Lines[i].GetProperty("verdict").GetString());
            Assert.Equal(logits[0], all.Lines[i].GetProperty("logits")[0].GetSingle(), 1e-4f);
        }
        Assert.Equal((double)correct / rows.Count, all.Scores["accuracy"], 12);
    }

    [Theory]
    [InlineData(GlueTask.Mrpc, "accuracy f1")]
    [InlineData(GlueTask.Qqp, "accuracy f1")]
    [InlineData(GlueTask.Cola, "accuracy matthews")]
    [InlineData(GlueTask.Sst2, "accuracy")]
    [InlineData(GlueTask.Mnli, "accuracy")]
    [InlineData(GlueTask.Stsb, "pearson spearman")]
    public void Each_task_has_its_metrics(GlueTask task, string metrics)
    {
        using var model = TinyEncoder.Create(GlueTasks.Of(task).Outputs);
        LabelledText[] rows = [new("a", null, 0), new("b", null, 1), new("c d", null, 1)];
        Assert.Equal(metrics.Split(' '), Evaluate(model, rows, task, 2).Scores.Values.Keys);
    }

    [Fact]
    public void Evaluating_switches_dropout_off_and_on_again()
    {
        LabelledText[] rows = [new("a", "b", 0), new("b", "c", 1)];
        var quiet = Evaluate(_model, rows, GlueTask.Qnli, 2).Lines.Select(line => line.ToString()).ToArray();
        _model.Classifier.Training = true;
        Assert.Equal(quiet, Evaluate(_model, rows, GlueTask.Qnli, 2).Lines.Select(line => line.ToString()));
        Assert.True(_model.Classifier.Training);
    }

    [Fact]
    public void A_head_for_another_number_of_classes_and_no_rows_are_refused()
    {
        Assert.Contains("glue/mnli has 3 outputs, and the model's head 2",
            Assert.Throws<NoraException>(() => Evaluate(_model, [new LabelledText("a", "b", 0)], GlueTask.Mnli, 2)).Message);
        Assert.Contains("no row", Assert.Throws<NoraException>(() => Evaluate(_model, [], GlueTask.Qnli, 2)).Message);
    }

    [Fact]
    public void Rows_that_are_cut_are_counted()
    {
        EncodedRows? report = null;
        Glue.Evaluate(_model, _tokenizer, [new("a", "b", 0), new(new string('b', 40), "c", 1)], GlueTask.Qnli, maxTokens: 24, batch: 2, encoded: rows => report = rows);

        Assert.Equal((2, 0, 1, 2), (report!.Rows, report.LeftOut, report.Cut, report.Learnt));
        Assert.StartsWith("1 of 2 rows are longer than max_tokens 24 (cut: 2).", Assert.Single(report.Warnings()), StringComparison.Ordinal);
    }

    private (Scores Scores, JsonElement[] Lines) Evaluate(RobertaModel model, IReadOnlyList<LabelledText> rows, GlueTask task, int batch)
    {
        var path = _folder["predictions.jsonl"];
        var scores = Glue.Evaluate(model, _tokenizer, rows, task, maxTokens: 24, batch, path);
        return (scores, [.. File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)]);
    }
}
