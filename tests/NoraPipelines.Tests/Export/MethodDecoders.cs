using NoraPipelines.Methods;
using NoraPipelines.Models;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Export;

/// <summary>Adapters of the methods that NoRA is compared with, every number of them random, and tiny decoders with them.</summary>
internal static class MethodDecoders
{
    public static AdapterPlan Plan(string method) => method switch
    {
        "dora" => new DoraPlan { Rank = 3, Alpha = 6 },
        "vera" => new VeraPlan { Rank = 5, ProjectionSeed = 4 },
        "lokr" => new LokrPlan { Rank = 1, Alpha = 4, Factor = 2 },
        _ => new RsLoraPlan { Rank = 3, Alpha = 6 },
    };

    public static AdaptedDecoder Make(string method, ScalarType dtype = ScalarType.Float32)
    {
        using var pair = Pair(dtype);
        return AdaptedDecoder.Of((projection, draw) => Adapter(method, projection, draw, pair), dtype);
    }

    /// <summary>VeRA's pair, for widths up to 64, which is above every one of the tiny models.</summary>
    public static VeraPair Pair(ScalarType dtype = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        using var generator = new TorchSharp.torch.Generator(29, CPU);
        return new VeraPair(randn([5, 64], generator: generator) * 0.4, randn([64, 5], generator: generator) * 0.4, dtype, CPU);
    }

    /// <param name="draw">[rows, columns] of small random numbers.</param>
    public static Adapter Adapter(string method, LinearProjection projection, Func<int, int, Tensor> draw, VeraPair pair)
    {
        var (outFeatures, inFeatures) = (projection.OutFeatures, projection.InFeatures);
        switch (method)
        {
            case "dora":
                var dora = new DoraAdapter(projection, rank: 3, alpha: 6, dropout: 0);
                dora.SetFactors(draw(outFeatures, 3), draw(3, inFeatures), draw(outFeatures, 1).squeeze(1) + projection.Weight.to(float32).norm(1));
                return dora;
            case "vera":
                var vera = new VeraAdapter(outFeatures, inFeatures, pair, dropout: 0);
                vera.SetVectors(draw(outFeatures, 1).squeeze(1), draw(5, 1).squeeze(1));
                return vera;
            case "lokr":
                var lokr = new LokrAdapter(outFeatures, inFeatures, rank: 1, alpha: 4, dropout: 0, CPU, factor: 2);
                lokr.SetFactors(draw(2, 2), draw((int)lokr.W2A.shape[0], 1), draw(1, (int)lokr.W2B.shape[1]));
                return lokr;
            case "pissa":
                var pissa = new PissaAdapter(outFeatures, inFeatures, rank: 3, alpha: 6, dropout: 0, CPU);
                pissa.SetStart(draw(outFeatures, 3), draw(3, inFeatures));
                pissa.SetFactors(draw(outFeatures, 3), draw(3, inFeatures));
                return pissa;
            default:
                var lora = new RsLoraAdapter(outFeatures, inFeatures, rank: 3, alpha: 6, dropout: 0, CPU);
                lora.SetFactors(draw(outFeatures, 3), draw(3, inFeatures));
                return lora;
        }
    }
}
