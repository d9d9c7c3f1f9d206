namespace NoraPipelines.Plans;

/// <summary>config.json's hidden_act, by the names of transformers' ACT2FN.</summary>
internal static class ActivationConfig
{
    public static GateActivation Read(ConfigReader reader, string key, GateActivation fallback)
    {
        switch (reader.Text(key))
        {
            case null: return fallback;
            case "silu" or "swish": return GateActivation.Silu;
            case "gelu_pytorch_tanh" or "gelu_new" or "gelu_fast": return GateActivation.GeluTanh;
            case "gelu" or "gelu_python": return GateActivation.Gelu;
            case "relu": return GateActivation.Relu;
            case "quick_gelu": return GateActivation.QuickGelu;
            case var other:
                reader.Problems.Add($"{reader.PathOf(key)} is '{other}'; expected silu, gelu_pytorch_tanh, gelu, relu or quick_gelu");
                return fallback;
        }
    }
}
