namespace NoraPipelines.Generator.Emission;

/// <summary>The places of the spec that banners point at: the file's name at the first, then the line alone.</summary>
internal static class Places
{
    public static string First(PipelineUnit unit, int line)
    {
        var name = unit.SpecPath.Substring(unit.SpecPath.LastIndexOf('/') + 1);
        return line > 0 ? $"{name}:{line}" : name;
    }

    public static string Line(int line) => line > 0 ? $":{line}" : "";
}
