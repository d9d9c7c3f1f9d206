using NoraPipelines.Models.Bert;
using NoraPipelines.Tests.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Models.Bert;

/// <summary>A checkpoint as it comes from pretraining: the encoder alone, and a vocabulary of words.</summary>
internal sealed class TinyBertFolder : IDisposable
{
    private static readonly string[] Words = ["a", "good", "bad", "film", "this", "is", "so", ".", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    private readonly TemporaryFolder _folder = new();

    public TinyBertFolder()
    {
        string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Words];
        File.WriteAllText(_folder["vocab.txt"], string.Join('\n', vocabulary) + "\n");
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var shape = TinyBert.Shape with { VocabularySize = vocabulary.Length, HiddenSize = 64, FeedForwardSize = 96, PositionRows = 64 };
        using var model = BertModel.Random(shape, labels: 2, seed: 3, ScalarType.Float32, CPU);
        foreach (var (_, value) in model.Parameters.Where(parameter => parameter.Value.dim() == 2)) value.mul_(6);
        TinyBert.Write(model, _folder.Path, name => name.StartsWith("bert.", StringComparison.Ordinal) ? name["bert.".Length..] : null);
    }

    public string Path => _folder.Path;

    /// <summary>SST-2's form; the answer is told by a word.</summary>
    public string WriteRows(string name, int rows)
    {
        var lines = Enumerable.Range(0, rows).Select(row => row % 2 == 0 ? $"this is a good film {row / 2}\t1" : $"so bad {row * 7}\t0");
        File.WriteAllText(_folder[name], "sentence\tlabel\n" + string.Join('\n', lines) + "\n");
        return _folder[name];
    }

    public void Dispose() => _folder.Dispose();
}
