using System.Globalization;

namespace NoraPipelines.Cli.Reporting;

/// <summary>A linear axis with round ticks that cover the values.</summary>
internal sealed record Axis(double Low, double High, double Tick)
{
    /// <summary>An axis of about <paramref name="ticks"/> ticks.</summary>
    public static Axis Covering(double low, double high, int ticks)
    {
        if (high - low < 1e-12 * Math.Max(1, Math.Abs(high))) (low, high) = (low - Math.Max(0.5, Math.Abs(low) / 2), high + Math.Max(0.5, Math.Abs(high) / 2));
        var raw = (high - low) / ticks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var tick = power * (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        return new Axis(Math.Floor(low / tick) * tick, Math.Ceiling(high / tick) * tick, tick);
    }

    /// <summary>An axis that ends where the values end: for steps.</summary>
    public static Axis Steps(double last, int ticks) => Covering(0, Math.Max(1, last), ticks) with { High = Math.Max(1, last) };

    public IEnumerable<double> Ticks
    {
        get
        {
            var count = (int)Math.Floor((High - Low) / Tick + 1e-9);
            for (var i = 0; i <= count; i++) yield return Low + i * Tick;
        }
    }

    /// <summary>0 at the low end, 1 at the high end.</summary>
    public double Share(double value) => (value - Low) / (High - Low);

    public string Label(double value)
    {
        if (Math.Abs(value) < Tick / 2) return "0";
        if (Tick < 1e-3) return value.ToString("0.#e+0", CultureInfo.InvariantCulture);
        var digits = Math.Max(0, -(int)Math.Floor(Math.Log10(Tick) + 1e-9));
        return value.ToString("N" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
