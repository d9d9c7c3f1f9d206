using System.Globalization;

namespace NoraPipelines.Cli.Reporting;

/// <summary>A logarithmic axis over positive values, with ticks at 1, 2 and 5 times a power of ten.</summary>
internal sealed record LogAxis(double Low, double High)
{
    /// <summary>With some room on both sides.</summary>
    public static LogAxis Covering(double low, double high) => new(low / Math.Pow(high / low, 0.06), high * Math.Pow(high / low, 0.06));

    public IEnumerable<double> Ticks
    {
        get
        {
            var wide = High / Low > 1e3;
            for (var power = Math.Floor(Math.Log10(Low)); power <= Math.Log10(High); power++)
            {
                foreach (var factor in wide ? (double[])[1] : [1, 2, 5])
                {
                    var value = factor * Math.Pow(10, power);
                    if (value >= Low && value <= High) yield return value;
                }
            }
        }
    }

    /// <summary>0 at the low end, 1 at the high end.</summary>
    public double Share(double value) => Math.Log(value / Low) / Math.Log(High / Low);

    /// <summary>500, 20k, 5M.</summary>
    public static string Label(double value) => value switch
    {
        >= 1e9 => (value / 1e9).ToString("0.##", CultureInfo.InvariantCulture) + "G",
        >= 1e6 => (value / 1e6).ToString("0.##", CultureInfo.InvariantCulture) + "M",
        >= 1e3 => (value / 1e3).ToString("0.##", CultureInfo.InvariantCulture) + "k",
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };
}
