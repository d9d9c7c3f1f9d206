using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NoraPipelines.Data;

/// <summary>Encoded examples as a short text: their number, and a hash of all that a model learns of each, in their order.</summary>
internal static class ExampleMark
{
    /// <summary>"1,234 examples, sha256 0123456789abcdef".</summary>
    public static string Of(IReadOnlyList<TokenizedExample> examples)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var example in examples)
        {
            ReadOnlySpan<int> numbers =
            [
                example.Ids.Length, example.LabelStart, example.SecondStart ?? -1, example.RowLabel is { } label ? BitConverter.SingleToInt32Bits(label) : -1,
                example.Labelled?.Length ?? -1,
            ];
            hash.AppendData(MemoryMarshal.AsBytes(numbers));
            hash.AppendData(MemoryMarshal.AsBytes<int>(example.Ids));
            if (example.Labelled is { } labelled) hash.AppendData(MemoryMarshal.AsBytes<bool>(labelled));
        }
        return string.Create(CultureInfo.InvariantCulture, $"{examples.Count:N0} examples, sha256 {Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}");
    }
}
