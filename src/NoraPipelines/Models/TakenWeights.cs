using static TorchSharp.torch;

namespace NoraPipelines.Models;

/// <summary>Weights of a model under construction: what was read is given back when a later tensor fails.</summary>
internal sealed class TakenWeights
{
    private readonly List<Tensor> _taken = [];

    /// <summary>A model of tensors from anywhere.</summary>
    public static TModel Build<TModel>(Func<TakenWeights, TModel> make)
    {
        using var scope = NewDisposeScope();
        var weights = new TakenWeights();
        try
        {
            return make(weights);
        }
        catch
        {
            foreach (var weight in weights._taken) weight.Dispose();
            throw;
        }
    }

    /// <summary>The same reader, whose tensors are kept account of.</summary>
    /// <param name="read">Name and shape → the tensor.</param>
    public Func<string, long[], Tensor> From(Func<string, long[], Tensor> read) => (name, dimensions) =>
    {
        var weight = read(name, dimensions);
        _taken.Add(weight);
        return weight;
    };
}
