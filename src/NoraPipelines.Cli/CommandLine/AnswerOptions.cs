using System.CommandLine;
using NoraPipelines.Generation;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>How long an answer may be and how it is chosen: the options that `generate` and `chat` share.</summary>
internal sealed class AnswerOptions
{
    private readonly Option<int> _maxTokens = new("--max-tokens") { Description = "Longest answer, in tokens", HelpName = "N", DefaultValueFactory = static _ => 256 };
    private readonly Option<int> _minTokens = new("--min-tokens") { Description = "Shortest answer, in tokens", HelpName = "N" };
    private readonly Option<double> _temperature = new("--temperature") { Description = "0 takes the most probable token each time (default)", HelpName = "T" };
    private readonly Option<int?> _topK = new("--top-k") { Description = "Draw only from the K most probable tokens", HelpName = "K" };
    private readonly Option<double> _topP = new("--top-p")
    {
        Description = "Draw from the most probable tokens that have this probability together",
        HelpName = "P",
        DefaultValueFactory = static _ => 1,
    };
    private readonly Option<long> _seed = new("--seed") { Description = "Fixes the draws of a temperature above 0", HelpName = "N" };
    private readonly Option<int> _beams = new("--beams") { Description = "Texts that are followed at once; the best is told at the end", HelpName = "N", DefaultValueFactory = static _ => 1 };
    private readonly Option<string[]> _stop = new("--stop")
    {
        Description = "The answer ends before this text; may be repeated",
        HelpName = "TEXT",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = static _ => [],
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_maxTokens, _minTokens, _temperature, _topK, _topP, _seed, _beams, _stop]) command.Options.Add(option);
    }

    /// <exception cref="UsageException">A value is out of its range, or means nothing beside the others.</exception>
    public (int MaxTokens, Decoding Decoding) Read(ParseResult parsed)
    {
        var (most, temperature, beams) = (parsed.GetValue(_maxTokens), parsed.GetValue(_temperature), parsed.GetValue(_beams));
        if (most < 1) throw new UsageException($"--max-tokens is {most}. Expected a whole number of at least 1.");
        if (!(temperature >= 0)) throw new UsageException($"--temperature is {temperature}. Expected 0 or more.");
        if (parsed.GetValue(_topK) < 1) throw new UsageException($"--top-k is {parsed.GetValue(_topK)}. Expected a whole number of at least 1.");
        if (parsed.GetValue(_topP) is not (> 0 and <= 1)) throw new UsageException($"--top-p is {parsed.GetValue(_topP)}. Expected a number above 0 and at most 1.");
        if (temperature == 0 && ((Option[])[_topK, _topP, _seed]).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } idle)
            throw new UsageException($"{idle.Name} has no effect at temperature 0, which takes the most probable token. Give --temperature as well.");
        var decoding = new Decoding
        {
            Beams = beams,
            MinNewTokens = parsed.GetValue(_minTokens),
            StopStrings = parsed.GetValue(_stop) ?? [],
            Sampling = temperature == 0 ? null : new SamplingOptions
            {
                Temperature = temperature,
                TopK = parsed.GetValue(_topK),
                TopP = parsed.GetValue(_topP),
                Seed = parsed.GetValue(_seed),
            },
        };
        try
        {
            decoding.Check();
        }
        catch (NoraException wrong)
        {
            throw new UsageException(wrong.Message);
        }
        return (most, decoding);
    }
}
