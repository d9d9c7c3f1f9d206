namespace NoraPipelines.Plans;

/// <summary>The non-linearity of a feed-forward block.</summary>
public enum GateActivation
{
    Silu,
    GeluTanh,

    /// <summary>The exact form, with erf.</summary>
    Gelu,
    Relu,

    /// <summary>x · sigmoid(1.702 x), CLIP's.</summary>
    QuickGelu,
}
