using Google.Protobuf;

namespace NoraPipelines.Tests.Tokenization;

/// <summary>Writes SentencePiece *.model files for tests.</summary>
internal static class SentencePieceFile
{
    /// <param name="pieces">Kinds: 1 normal, 2 unknown, 3 control, 4 user-defined, 6 byte.</param>
    public static byte[] Make(IReadOnlyCollection<(string Text, float Score, int Kind)> pieces, int modelType = 2, bool addDummyPrefix = true,
        bool removeExtraWhitespaces = false, byte[]? characterMap = null) => Message(model =>
    {
        foreach (var (text, score, kind) in pieces)
        {
            Bytes(model, 1, Message(piece =>
            {
                piece.WriteTag(1, WireFormat.WireType.LengthDelimited);
                piece.WriteString(text);
                piece.WriteTag(2, WireFormat.WireType.Fixed32);
                piece.WriteFloat(score);
                piece.WriteTag(3, WireFormat.WireType.Varint);
                piece.WriteInt32(kind);
            }));
        }
        Bytes(model, 2, Message(trainer =>
        {
            Number(trainer, 3, modelType);
            Number(trainer, 35, pieces.Any(piece => piece.Kind == 6) ? 1 : 0); // byte_fallback
        }));
        Bytes(model, 3, Message(normalizer =>
        {
            if (characterMap is not null) Bytes(normalizer, 2, characterMap);
            Number(normalizer, 3, addDummyPrefix ? 1 : 0);
            Number(normalizer, 4, removeExtraWhitespaces ? 1 : 0);
        }));
    });

    private static void Number(CodedOutputStream output, int field, int value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt32(value);
    }

    private static void Bytes(CodedOutputStream output, int field, byte[] value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(value));
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true)) write(output);
        return stream.ToArray();
    }
}
