using System.Text;

namespace NoraPipelines.Tokenization;

/// <summary>From GPT-2's byte alphabet back to UTF-8; bytes that are no character become U+FFFD.</summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    public override List<string> Decode(List<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            var start = bytes.Count;
            foreach (var character in token)
            {
                if (ByteAlphabet.TryByte(character, out var value))
                {
                    bytes.Add(value);
                    continue;
                }
                bytes.RemoveRange(start, bytes.Count - start); // not spelled in bytes: an added token, as it is
                bytes.AddRange(Encoding.UTF8.GetBytes(token));
                break;
            }
        }
        return [Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes))];
    }
}
