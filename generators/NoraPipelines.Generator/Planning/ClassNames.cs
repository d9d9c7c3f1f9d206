using System.Text;

namespace NoraPipelines.Generator.Planning;

/// <summary>llama3-8b-metamath → Llama38bMetamath.</summary>
internal static class ClassNames
{
    /// <summary>Words joined in Pascal case; what cannot stand in an identifier parts words.</summary>
    public static string Of(string name)
    {
        var text = new StringBuilder();
        var start = true;
        foreach (var letter in name)
        {
            var valid = letter is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9');
            if (valid) text.Append(start ? char.ToUpperInvariant(letter) : letter);
            start = !valid;
        }
        if (text.Length == 0 || char.IsDigit(text[0])) text.Insert(0, "Pipeline");
        return text.ToString();
    }
}
