using NoraPipelines.Models.Encoders;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Models.Roberta;

/// <summary>out_proj(tanh(dense(x₀))) of the first token, dropout before both (RobertaClassificationHead).</summary>
internal sealed class RobertaHead(RobertaShape shape, int labels, Func<string, long[], Tensor> read)
    : ClassificationHead(shape.HeadDropout, labels, Expected(shape, labels), read)
{
    public static IReadOnlyDictionary<string, long[]> Expected(RobertaShape shape, int labels) => new Dictionary<string, long[]>
    {
        [$"{Module}.dense.weight"] = [shape.HiddenSize, shape.HiddenSize],
        [$"{Module}.dense.bias"] = [shape.HiddenSize],
        [$"{Module}.out_proj.weight"] = [labels, shape.HiddenSize],
        [$"{Module}.out_proj.bias"] = [labels],
    };

    internal override Tensor Forward(Tensor first)
    {
        using var scope = NewDisposeScope();
        var inner = nn.functional.linear(Drop(first.to(ScalarType.Float32)), Parameters[0].Value, Parameters[1].Value).tanh(); // [rows, hidden]
        return nn.functional.linear(Drop(inner), Parameters[2].Value, Parameters[3].Value).MoveToOuterDisposeScope();
    }
}
