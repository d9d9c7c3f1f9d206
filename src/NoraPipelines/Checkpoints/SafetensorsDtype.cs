using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;

namespace NoraPipelines.Checkpoints;

/// <summary>The dtypes of the safetensors format that libtorch's C# binding can hold, and their names on both sides.</summary>
internal static class SafetensorsDtype
{
    private static readonly (string Code, ScalarType Dtype, int Size, string Word)[] Table =
    [
        ("F64", ScalarType.Float64, 8, "float64"),
        ("F32", ScalarType.Float32, 4, "float32"),
        ("F16", ScalarType.Float16, 2, "float16"),
        ("BF16", ScalarType.BFloat16, 2, "bfloat16"),
        ("I64", ScalarType.Int64, 8, "int64"),
        ("I32", ScalarType.Int32, 4, "int32"),
        ("I16", ScalarType.Int16, 2, "int16"),
        ("I8", ScalarType.Int8, 1, "int8"),
        ("U8", ScalarType.Byte, 1, "uint8"),
        ("BOOL", ScalarType.Bool, 1, "bool"),
    ];

    /// <summary>"F64, F32, …", for messages.</summary>
    public static string Known => string.Join(", ", Table.Select(row => row.Code));

    public static bool TryParse(string code, out ScalarType dtype, out int size)
    {
        var row = Array.Find(Table, row => row.Code == code);
        (dtype, size) = (row.Dtype, row.Size);
        return row.Code is not null;
    }

    /// <summary>The format's name of a dtype.</summary>
    /// <exception cref="CheckpointException">The format has none.</exception>
    public static string Code(ScalarType dtype, string tensor) => Find(dtype, out var row)
        ? row.Value.Code
        : throw new CheckpointException(
            $"tensor '{tensor}' is of dtype {dtype}, which safetensors files cannot hold here; convert it to one of {Known}.");

    /// <summary>Bytes an element takes; 0 where the format has no such dtype.</summary>
    public static int Size(ScalarType dtype) => Find(dtype, out var row) ? row.Value.Size : 0;

    /// <summary>PyTorch's name of a dtype, as config.json writes it: float32, bfloat16, …</summary>
    public static string Word(ScalarType dtype) => Find(dtype, out var row) ? row.Value.Word : dtype.ToString().ToLowerInvariant();

    private static bool Find(
        ScalarType dtype, [NotNullWhen(true)] out (string Code, ScalarType Dtype, int Size, string Word)? row)
    {
        var index = Array.FindIndex(Table, row => row.Dtype == dtype);
        row = index < 0 ? null : Table[index];
        return index >= 0;
    }
}
