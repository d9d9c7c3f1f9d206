using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Spec;

internal static partial class SpecKeys
{
    private const string BaselineMethods = "rslora: lora scaled by alpha / √rank; lora_plus: lora whose B learns faster; lora_fa: lora whose A is frozen; "
        + "dora: lora on the direction of the rows, and their lengths; pissa: lora that starts as the principal part of the weight; vera: two vectors "
        + "beside one random pair for the model; lokr: a Kronecker product; ";

    /// <summary>Methods that <see cref="Planning.BaselinePlanner"/> plans.</summary>
    internal static readonly string[] BaselineNames = ["rslora", "lora_plus", "lora_fa", "dora", "pissa", "vera", "lokr"];

    private static SpecKey RateRatio => Positive("rate_ratio", "Method lora_plus: B learns at so many times the rate.", new LoraPlusPlan { Rank = 1, Alpha = 1 }.RateRatio);

    private static SpecKey InitialD => Positive("d_initial", "Method vera: what every value of d starts at.", new VeraPlan { Rank = 1 }.InitialD);

    private static SpecKey ProjectionSeed => Whole("projection_seed", "Method vera: the random pair is drawn from it, for runs of every seed.", 0, new VeraPlan { Rank = 1 }.ProjectionSeed);

    private static SpecKey Factor => Whole("factor", "Method lokr: the small divisor that widths are split by, where it divides them; left out: as evenly as possible.", 1);
}
