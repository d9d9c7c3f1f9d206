using System.Globalization;
using System.Text;

namespace NoraPipelines.Chat.Jinja;

/// <summary>`strftime_now`, which some templates write today's date with.</summary>
internal static class JinjaClock
{
    public static string Format(DateTimeOffset now, string format)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            var plain = format[i + 1] == '-' && i + 2 < format.Length; // %-d: no leading zero
            i += plain ? 2 : 1;
            var part = Part(now, format[i]);
            text.Append(plain ? part.TrimStart('0') is { Length: > 0 } bare ? bare : "0" : part);
        }
        return text.ToString();
    }

    private static string Part(DateTimeOffset now, char code)
    {
        if (code == '%') return "%";
        if (code == 'j') return now.DayOfYear.ToString("000", CultureInfo.InvariantCulture);
        var net = code switch
        {
            'd' => "dd",
            'm' => "MM",
            'Y' => "yyyy",
            'y' => "yy",
            'b' => "MMM",
            'B' => "MMMM",
            'a' => "ddd",
            'A' => "dddd",
            'H' => "HH",
            'I' => "hh",
            'M' => "mm",
            'S' => "ss",
            'p' => "tt",
            _ => throw new JinjaException($"`strftime_now` does not know the format %{code}."),
        };
        return now.ToString(net, CultureInfo.InvariantCulture);
    }
}
