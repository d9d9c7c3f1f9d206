using NoraPipelines.Generator.Emission.Methods;

namespace NoraPipelines.Generator.Emission;

/// <summary>The adapters' start: activations are observed where the method asks for them, then factors are computed once a run.</summary>
internal static class InitializationSection
{
    public static void Write(CodeWriter code, PipelineUnit unit) => MethodSections.Of(unit.Plan.Adapter).WriteStart(code, unit);
}
