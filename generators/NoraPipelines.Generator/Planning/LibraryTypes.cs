using System.Reflection;
using Microsoft.CodeAnalysis;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning;

/// <summary>
/// Names that no pipeline's class may have: a class of the project hides the library's type of that name from every program beside it, and
/// no class may have a member of its own name.
/// </summary>
internal static class LibraryTypes
{
    /// <summary>Members of a program and of a comparison, and the class with Main.</summary>
    public static EquatableArray<string> OfPrograms { get; } = EquatableArray.Of(
        "Adapt", "Description", "Evaluate", "Execute", "Load", "Method", "Name", "OnStep", "Plan", "Planned", "Program", "Shape", "SpecFile", "Variants");

    /// <summary>The public types of one of the library's assemblies; none of another assembly, or of a file that cannot be read.</summary>
    public static EquatableArray<string> In(MetadataReference reference, CancellationToken cancel)
    {
        if (reference is not PortableExecutableReference { FilePath: { } path } file
            || !Path.GetFileName(path).StartsWith("NoraPipelines", StringComparison.Ordinal)) return default;
        try
        {
            return file.GetMetadata() is AssemblyMetadata assembly ? Public(assembly.GetModules()[0]).ToEquatableArray() : default;
        }
        catch (Exception unread) when (unread is IOException or BadImageFormatException)
        {
            return default; // the compiler reports the file itself
        }
    }

    private static IEnumerable<string> Public(ModuleMetadata module)
    {
        var reader = module.GetMetadataReader();
        return from handle in reader.TypeDefinitions
               let type = reader.GetTypeDefinition(handle)
               where (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public
               where !reader.GetString(type.Namespace).StartsWith("NoraPipelines.Generator", StringComparison.Ordinal)
               let name = reader.GetString(type.Name)
               where !name.Contains('`') // Pipeline<T> and a class Pipeline are two
               select name;
    }
}
