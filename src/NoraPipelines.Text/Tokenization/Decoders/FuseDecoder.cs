namespace NoraPipelines.Tokenization;

/// <summary>Puts all tokens together into one, so that later steps see the whole text.</summary>
internal sealed class FuseDecoder : TokenDecoder
{
    public override List<string> Decode(List<string> tokens) => [string.Concat(tokens)];
}
