namespace NoraPipelines.Plans;

/// <summary>How what trains is joined to the outer factors (Figure 1a, Eq. 8).</summary>
public enum InnerStructure
{
    /// <summary>A pair is multiplied on: B·(B′·A′)·A.</summary>
    Serial,

    /// <summary>A pair is added to a factor: B·(A + C·D).</summary>
    Parallel,

    /// <summary>A square matrix is multiplied on: B·R·A.</summary>
    Adapter,
}

/// <summary>The outer factor that what trains belongs to.</summary>
public enum InnerPosition
{
    WA,
    WB,
    WAAndWB,
}

/// <summary>Where the outer factors come from.</summary>
public enum OuterInitialization
{
    Random,
    Svd,
    AwSvd,
}

/// <summary>Which factor carries Σ of the truncated SVD: B = UΣ (Eq. 6–7), A = ΣVᵀ, or √Σ on both.</summary>
public enum SigmaSide
{
    B,
    A,
    Split,
}

/// <summary>How singular triples are computed.</summary>
public enum SvdKind
{
    Randomized,
    Exact,
}

/// <summary>Start of the inner pair (docs/method.md, section 3).</summary>
public enum InnerInitialization
{
    Normal,
    UniformZero,
    Singular,
}
