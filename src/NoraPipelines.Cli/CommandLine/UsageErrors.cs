using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using NoraPipelines.Plans;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>What is wrong with a command line, in this program's words.</summary>
internal static class UsageErrors
{
    /// <summary>All problems and where help is.</summary>
    /// <param name="pipelines">Told to who named none.</param>
    public static string Tell(ParseResult parsed, PipelineTable pipelines)
    {
        var command = parsed.CommandResult.Command;
        if (command is RootCommand && parsed.UnmatchedTokens is [var verb, ..])
        {
            var verbs = command.Subcommands.Select(known => known.Name).ToArray();
            var hint = DidYouMean.Hint(verb, verbs);
            return $"There is no command '{verb}'{hint}. Commands: {string.Join(", ", verbs)}. See --help.";
        }
        return string.Join(" ", parsed.Errors.Select(error => Tell(error, command, pipelines))) + " See --help.";
    }

    private static string Tell(ParseError error, Command command, PipelineTable pipelines) => error.SymbolResult switch
    {
        OptionResult { Option: var option, Tokens: [{ Value: var value }] } when Expected(option.ValueType, value) is { } expected =>
            $"{option.Name} is '{value}'. Expected {expected}.",
        ArgumentResult { Argument.Name: CommonOptions.PipelineName, Tokens: [] } =>
            $"`{command.Name}` needs the name of a pipeline. {pipelines.ToldPipelines}",
        ArgumentResult { Argument.Name: CompareCommand.SweepName, Tokens: [] } => $"`{command.Name}` needs the name of a sweep. {pipelines.ToldSweeps}",
        _ => error.Message,
    };

    /// <summary>Null for a type that takes any text.</summary>
    private static string? Expected(Type type, string found) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Int32 when BigInteger.TryParse(found, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) =>
            $"a whole number of at most {int.MaxValue}",
        TypeCode.Int32 or TypeCode.Int64 => "a whole number, such as 1",
        TypeCode.Double => "a number",
        TypeCode.Boolean => "true or false",
        _ => null,
    };
}
