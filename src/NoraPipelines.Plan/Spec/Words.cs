using System.Text;

namespace NoraPipelines.Plans;

/// <summary>How the values of the plan's enumerations are written in a spec: mean_abs, awsvd, bfloat16.</summary>
public static class Words
{
    /// <summary>The spec's word for a value.</summary>
    public static string Of<T>(T value) where T : struct, Enum => value switch
    {
        OuterInitialization.AwSvd => "awsvd",
        WeightType.BFloat16 or ExportDtype.BFloat16 => "bfloat16",
        GateActivation.GeluTanh => "gelu_pytorch_tanh",
        _ => SnakeCase(value.ToString()),
    };

    /// <summary>Every word of an enumeration, in its order.</summary>
    public static EquatableArray<string> All<T>() where T : struct, Enum =>
        Enum.GetValues(typeof(T)).Cast<T>().Select(value => Of(value)).ToEquatableArray();

    /// <summary>The value that a word stands for; null if none.</summary>
    public static T? Parse<T>(string word) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues(typeof(T)).Cast<T>())
        {
            if (Of(value) == word) return value;
        }
        return null;
    }

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }
        return text.ToString();
    }
}
