using System.CommandLine;
using System.CommandLine.Parsing;
using NoraPipelines.Plans;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>What is wrong with a command line, in this program's words.</summary>
internal static class UsageErrors
{
    /// <summary>All problems and where help is.</summary>
    public static string Tell(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command is RootCommand && parsed.UnmatchedTokens is [var verb, ..])
        {
            var verbs = command.Subcommands.Select(known => known.Name).ToArray();
            var hint = DidYouMean.Hint(verb, verbs);
            return $"There is no command '{verb}'{hint}. Commands: {string.Join(", ", verbs)}. See --help.";
        }
        return string.Join(" ", parsed.Errors.Select(Tell)) + " See --help.";
    }

    private static string Tell(ParseError error) =>
        error.SymbolResult is OptionResult { Option: var option, Tokens: [{ Value: var value }] } && Expected(option.ValueType) is { } expected
            ? $"{option.Name} is '{value}'. Expected {expected}."
            : error.Message;

    /// <summary>Null for a type that takes any text.</summary>
    private static string? Expected(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Int32 or TypeCode.Int64 => "a whole number",
        TypeCode.Double => "a number",
        TypeCode.Boolean => "true or false",
        _ => null,
    };
}
