using NoraPipelines.Adapters;
using NoraPipelines.Plans;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Export;

/// <summary>Tiny decoders with adapters of the methods that have a form of their own, every number of them random.</summary>
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
        SharedProjections? pair = null;
        try
        {
            return AdaptedDecoder.Of((projection, draw) =>
            {
                var (size, device) = ((Out: projection.OutFeatures, In: projection.InFeatures), projection.Weight.device);
                switch (method)
                {
                    case "dora":
                        var dora = new WeightDecomposedAdapter(projection, rank: 3, alpha: 6, dropout: 0);
                        dora.SetFactors(draw(size.Out, 3), draw(3, size.In), draw(size.Out, 1).squeeze(1) + projection.Weight.to(float32).norm(1));
                        return dora;
                    case "vera":
                        // Too large rather than measured: 64 is above every width of the decoder.
                        pair ??= new SharedProjections(draw(5, 64), draw(64, 5), dtype, device);
                        var vera = new VectorAdapter(size.Out, size.In, pair, dropout: 0);
                        vera.SetVectors(draw(size.Out, 1).squeeze(1), draw(5, 1).squeeze(1));
                        return vera;
                    case "lokr":
                        var lokr = new KroneckerAdapter(size.Out, size.In, rank: 1, alpha: 4, dropout: 0, device, factor: 2);
                        lokr.SetFactors(draw(2, 2), draw((int)lokr.W2A.shape[0], 1), draw(1, (int)lokr.W2B.shape[1]));
                        return lokr;
                    default:
                        var lora = new RankStabilizedAdapter(size.Out, size.In, rank: 3, alpha: 6, dropout: 0, device);
                        lora.SetFactors(draw(size.Out, 3), draw(3, size.In));
                        return lora;
                }
            }, dtype);
        }
        finally
        {
            pair?.Dispose();
        }
    }
}
