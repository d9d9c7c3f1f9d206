using System.Collections.Frozen;

namespace NoraPipelines.Tokenization;

/// <summary>
/// GPT-2's printable stand-ins for the 256 byte values (bytes_to_unicode in openai/gpt-2, src/encoder.py): printable Latin-1 characters
/// stand for themselves, the other 68 bytes for U+0100 and up, in order.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = MakeCharacters();
    private static readonly FrozenDictionary<char, byte> Bytes =
        Characters.Select((character, value) => (character, value)).ToFrozenDictionary(x => x.character, x => (byte)x.value);

    public static char Character(byte value) => Characters[value];

    public static bool TryByte(char character, out byte value) => Bytes.TryGetValue(character, out value);

    private static char[] MakeCharacters()
    {
        var characters = new char[256];
        var next = 256;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[value] = (char)(printable ? value : next++);
        }
        return characters;
    }
}
