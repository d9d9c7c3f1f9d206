namespace NoraPipelines.Tokenization;

/// <summary>Rewrites every token by itself, knowing its place and how many there are.</summary>
internal sealed class EachTokenDecoder(Func<string, int, int, string> rewrite) : TokenDecoder
{
    public override List<string> Decode(List<string> tokens) => [.. tokens.Select((token, i) => rewrite(token, i, tokens.Count))];
}
