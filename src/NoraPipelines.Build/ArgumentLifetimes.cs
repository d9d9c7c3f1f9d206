using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace NoraPipelines.Build;

/// <summary>
/// TorchSharp hands libtorch the address of a Scalar and does not keep the Scalar alive over the call (`x * 0.5`, and the factor of one in every
/// `a + b`). In optimised code an argument is dead once its last field was read: a garbage collection that another thread starts meanwhile frees
/// what libtorch is about to read, and the result is an exception ("Expected false to be true") or another number. This gives every method of the
/// assembly <see cref="MethodImplAttributes.NoOptimization"/>, so that an argument lives until its method returns.
/// </summary>
/// <remarks>
/// The caller's code may be optimised: what it passes is an argument of TorchSharp's method, which is neither optimised nor inlined. Those methods do little
/// but call libtorch, which is not concerned. The runtime does not check the assembly's strong name. The flag is a column of the table of methods
/// (ECMA-335, II.22.26): no byte moves.
/// </remarks>
public static class ArgumentLifetimes
{
    private const int FlagsColumn = 4; // behind the address of the body

    /// <summary>Marks the methods of <paramref name="assembly"/>; false where all of them are marked already.</summary>
    /// <exception cref="InvalidDataException">The file is no assembly.</exception>
    public static bool LastUntilReturn(string assembly)
    {
        var bytes = File.ReadAllBytes(assembly);
        if (!Mark(assembly, bytes)) return false;
        OutputFile.Replace(assembly, bytes);
        return true;
    }

    private static bool Mark(string assembly, byte[] bytes)
    {
        try
        {
            using var file = new PEReader(new MemoryStream(bytes, writable: false));
            if (!file.HasMetadata) throw Unexpected(assembly, "it has no metadata");
            if (file.PEHeaders.SectionHeaders.Any(section => section.PointerToRawData + section.SizeOfRawData > bytes.Length)) throw Unexpected(assembly, "it is cut short");
            if (file.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size != 0) throw Unexpected(assembly, "it is compiled to machine code (PublishReadyToRun must be false)");
            var metadata = file.GetMetadataReader();
            var table = file.PEHeaders.MetadataStartOffset + metadata.GetTableMetadataOffset(TableIndex.MethodDef);
            var row = metadata.GetTableRowSize(TableIndex.MethodDef);
            var any = false;
            foreach (var handle in metadata.MethodDefinitions)
            {
                var method = metadata.GetMethodDefinition(handle);
                var hasBody = method.RelativeVirtualAddress != 0;
                if (!hasBody || (method.ImplAttributes & MethodImplAttributes.NoOptimization) != 0) continue;
                var flags = table + (metadata.GetRowNumber(handle) - 1) * row + FlagsColumn;
                BitConverter.GetBytes((ushort)(method.ImplAttributes | MethodImplAttributes.NoOptimization)).CopyTo(bytes, flags);
                any = true;
            }
            return any;
        }
        catch (BadImageFormatException problem)
        {
            throw Unexpected(assembly, problem.Message);
        }
    }

    private static InvalidDataException Unexpected(string assembly, string what) => new(
        $"{assembly}: {what}. Expected the assembly of the TorchSharp package; clean the output folder and restore the package again "
        + "(dotnet nuget locals global-packages --clear).");
}
