using NoraPipelines.Checkpoints;
using NoraPipelines.Shipped.Problems;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Shipped;

public class BaseModelFilesTests
{
    private static readonly string Weights = ShippedFile.Path("base-model/weights");

    [Fact]
    public void The_tokenizer_is_what_the_word_problems_give()
    {
        var folder = Directory.CreateTempSubdirectory("nora-tokenizer-");
        try
        {
            var texts = new WordProblems().Examples(7).Take(20_000).Select(example => example.Prompt + example.Response);
            BpeTrainer.Train(texts, 512, Path.Combine(folder.FullName, "tokenizer.json"));
            ShippedFile.AssertIs("base-model/weights/tokenizer.json", File.ReadAllText(Path.Combine(folder.FullName, "tokenizer.json")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_weights_are_bfloat16_of_one_to_three_million_parameters_and_take_at_most_four_megabytes()
    {
        using var checkpoint = HuggingFaceCheckpoint.Open(Weights);
        var parameters = checkpoint.Tensors.Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size));
        Assert.InRange(parameters, 1_000_000, 3_000_000);
        Assert.All(checkpoint.Tensors, tensor => Assert.Equal(TorchSharp.torch.ScalarType.BFloat16, tensor.Dtype));
        Assert.InRange(Directory.GetFiles(Weights).Sum(file => new FileInfo(file).Length), 1, 4_000_000);
    }
}
