using System.Buffers.Text;
using Google.Protobuf;
using NoraPipelines.Disk;

namespace NoraPipelines.Tokenization;

/// <summary>The fields of a SentencePiece model (google/sentencepiece, sentencepiece_model.proto) that bear on encoding.</summary>
internal sealed class SentencePieceProto
{
    public List<(string Text, float Score, SentencePieceKind Kind)> Pieces { get; } = [];
    public int ModelType { get; private set; } = 1; // 1 Unigram, 2 BPE, 3 word, 4 character
    public bool WhitespaceAsSuffix { get; private set; }
    public bool ByteFallback { get; private set; }
    public int BeginId { get; private set; } = 1;
    public int EndId { get; private set; } = 2;
    public string NormalizerName { get; private set; } = "";
    public int CharacterMapBytes { get; private set; }
    public bool AddDummyPrefix { get; private set; } = true;
    public bool RemoveExtraWhitespaces { get; private set; } = true;
    public bool EscapeWhitespaces { get; private set; } = true;

    /// <exception cref="TokenizerException">The file is not such a model, or is cut off.</exception>
    public static SentencePieceProto Read(string path)
    {
        var proto = new SentencePieceProto();
        var bytes = TokenizerFile.ReadBytes(path);
        if (IsTiktoken(bytes))
        {
            throw new TokenizerException($"{path} is a tiktoken vocabulary, lines of base64 with their ranks, as Meta publishes with Llama 3; expected a "
                + "SentencePiece model. It holds neither the pattern nor the special tokens: use tokenizer.json of the same model in Hugging Face's form.");
        }
        if (bytes.Length > 0 && FileKind.Mistaken(bytes) is { } mistaken) throw new TokenizerException($"{path}: {mistaken}");
        try
        {
            proto.ReadModel(new CodedInputStream(bytes));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidOperationException)
        {
            throw new TokenizerException($"{path} is not a SentencePiece model, or is truncated or damaged. "
                + "Expected the *.model file that SentencePiece writes: copy it from the model's publisher again.", e);
        }
        return proto;
    }

    /// <summary>Whether the first line is base64, a space and a whole number.</summary>
    private static bool IsTiktoken(ReadOnlySpan<byte> bytes)
    {
        var end = bytes[..Math.Min(bytes.Length, 4096)].IndexOf((byte)'\n');
        var line = end < 0 ? [] : bytes[..end].TrimEnd((byte)'\r');
        var space = line.IndexOf((byte)' ');
        return space > 0 && Base64.IsValid(line[..space]) && space + 1 < line.Length && line[(space + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
    }

    private void ReadModel(CodedInputStream input) => ReadFields(input, field =>
    {
        switch (field)
        {
            case 1: Pieces.Add(ReadPiece(Message(input))); return true;
            case 2: ReadTrainer(Message(input)); return true;
            case 3: ReadNormalizer(Message(input)); return true;
            default: return false;
        }
    });

    private static (string, float, SentencePieceKind) ReadPiece(CodedInputStream input)
    {
        var (text, score, kind) = ("", 0f, SentencePieceKind.Normal);
        ReadFields(input, field =>
        {
            switch (field)
            {
                case 1: text = input.ReadString(); return true;
                case 2: score = input.ReadFloat(); return true;
                case 3: kind = (SentencePieceKind)input.ReadEnum(); return true;
                default: return false;
            }
        });
        return (text, score, kind);
    }

    private void ReadTrainer(CodedInputStream input) => ReadFields(input, field =>
    {
        switch (field)
        {
            case 3: ModelType = input.ReadEnum(); return true;
            case 24: WhitespaceAsSuffix = input.ReadBool(); return true;
            case 35: ByteFallback = input.ReadBool(); return true;
            case 41: BeginId = input.ReadInt32(); return true;
            case 42: EndId = input.ReadInt32(); return true;
            default: return false;
        }
    });

    private void ReadNormalizer(CodedInputStream input) => ReadFields(input, field =>
    {
        switch (field)
        {
            case 1: NormalizerName = input.ReadString(); return true;
            case 2: CharacterMapBytes = input.ReadBytes().Length; return true;
            case 3: AddDummyPrefix = input.ReadBool(); return true;
            case 4: RemoveExtraWhitespaces = input.ReadBool(); return true;
            case 5: EscapeWhitespaces = input.ReadBool(); return true;
            default: return false;
        }
    });

    private static CodedInputStream Message(CodedInputStream input) => input.ReadBytes().CreateCodedInput();

    /// <param name="read">Reads the field's value; false if it does not know the field.</param>
    private static void ReadFields(CodedInputStream input, Func<int, bool> read)
    {
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
            if (!read(WireFormat.GetTagFieldNumber(tag))) input.SkipLastField();
    }
}
