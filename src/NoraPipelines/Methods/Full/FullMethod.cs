namespace NoraPipelines.Methods;

/// <summary>Full training: there are no adapters, and the model itself is exported.</summary>
public sealed class FullMethod : AdapterMethod
{
    public override string Name => "full";
}
