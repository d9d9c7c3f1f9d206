using NoraPipelines.Models.Encoders;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Bert;

/// <summary>classifier(x) of the pooled first token, dropout before it (BertForSequenceClassification).</summary>
internal sealed class BertHead(BertShape shape, int labels, Func<string, long[], Tensor> read)
    : ClassificationHead(shape.HeadDropout, labels, Expected(shape, labels), read)
{
    public static IReadOnlyDictionary<string, long[]> Expected(BertShape shape, int labels) => new Dictionary<string, long[]>
    {
        [$"{Module}.weight"] = [labels, shape.HiddenSize],
        [$"{Module}.bias"] = [labels],
    };

    internal override Tensor Forward(Tensor first)
    {
        using var scope = NewDisposeScope();
        return nn.functional.linear(Drop(first.to(ScalarType.Float32)), Parameters[0].Value, Parameters[1].Value).MoveToOuterDisposeScope();
    }
}
