using System.Reflection;
using TorchSharp;

namespace NoraPipelines.Runs.Folder;

/// <summary>What code a run is computed by: the build of the pipeline's assembly and of the libraries that it uses, and libtorch.</summary>
internal static class ProgramMarks
{
    private const string Library = "NoraPipelines", CommandLine = Library + ".Cli";

    public static IReadOnlyDictionary<string, string> Of(Pipeline pipeline)
    {
        var program = pipeline.GetType().Assembly;
        var libraries = program.GetReferencedAssemblies()
            .Where(name => name.Name is { } text && (text == Library || text.StartsWith(Library + ".", StringComparison.Ordinal)) && text != CommandLine)
            .Select(Assembly.Load).Append(typeof(Pipeline).Assembly);
        return libraries.Append(program).Distinct()
            .ToDictionary(assembly => assembly.GetName().Name!, assembly => assembly.ManifestModule.ModuleVersionId.ToString("N"))
            .Append(new("libtorch", torch.__version__)).OrderBy(part => part.Key, StringComparer.Ordinal).ToDictionary(part => part.Key, part => part.Value);
    }
}
