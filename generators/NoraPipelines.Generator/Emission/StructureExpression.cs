using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>NoRA's structures: their names in sentences, and the call that places each.</summary>
internal static class StructureExpression
{
    /// <summary>NoRA 64/32; NoRA 64/32 parallel at w_b, outer pair trained; NoRA 64 adapter at w_a.</summary>
    public static string Title(NoraPlan nora)
    {
        var ranks = nora.Structure == InnerStructure.Adapter ? $"NoRA {nora.OuterRank}" : $"NoRA {nora.OuterRank}/{nora.InnerRank}";
        var structure = nora is { Structure: InnerStructure.Serial, Position: InnerPosition.WA } ? ""
            : $" {Words.Of(nora.Structure)} at {Words.Of(nora.Position)}";
        return ranks + structure + (nora.OuterTrainable ? " with a trained outer pair" : "");
    }

    /// <summary>The call, open at its end for more arguments.</summary>
    public static string Call(NoraPlan nora, string projection)
    {
        var outer = $"({projection}, outerRank: {nora.OuterRank}";
        var alpha = $", alpha: {CSharp.Number(nora.Alpha)}";
        // The paper's own structure has a class of its own.
        if (nora is { Structure: InnerStructure.Serial, Position: InnerPosition.WA, OuterTrainable: false })
            return $"AddNested{outer}, innerRank: {nora.InnerRank}{alpha}";
        var inner = nora.Structure == InnerStructure.Adapter ? "" : $", innerRank: {nora.InnerRank}";
        var trained = nora.OuterTrainable ? ", trainsOuter: true" : "";
        return $"{Method(nora.Structure)}{outer}{inner}, {CSharp.Member(nora.Position)}{alpha}{trained}";
    }

    private static string Method(InnerStructure structure) => structure switch
    {
        InnerStructure.Serial => "AddSerial",
        InnerStructure.Parallel => "AddParallel",
        _ => "AddSquare",
    };
}
