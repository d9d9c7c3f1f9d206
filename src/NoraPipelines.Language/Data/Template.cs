using NoraPipelines.Plans;

namespace NoraPipelines.Data;

/// <summary>
/// How a row is framed as text: the prompt, after which the response follows with nothing between.
/// Alpaca's frame is that of tatsu-lab/stanford_alpaca with the line break before the response that tloen/alpaca-lora and its
/// successors have; MetaMath's (meta-math/MetaMath, train_math.py and eval_gsm8k.py) has no line break there.
/// </summary>
public sealed class Template : IPromptFrame
{
    private const string Preamble =
        "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n";

    private const string PreambleWithInput =
        "Below is an instruction that describes a task, paired with an input that provides further context. " +
        "Write a response that appropriately completes the request.\n\n";

    // LLM-Adapters' finetune.py and commonsense_evaluate.py: lines inside of the frame are indented by the program's own indentation, and
    // the two files differ in blanks at the ends of lines.
    private const string Margin = "                ";

    private readonly string _beforeResponse;
    private readonly string _cue;

    private Template(TemplateKind kind, string beforeResponse, string cue)
    {
        (Kind, _beforeResponse, _cue) = (kind, beforeResponse, cue);
    }

    /// <summary>The prompt as it stands, and nothing else.</summary>
    public static Template Plain { get; } = new(TemplateKind.Plain, "", "");

    /// <summary>Alpaca's instruction frame; the response begins on a line of its own.</summary>
    public static Template Alpaca { get; } = new(TemplateKind.Alpaca, "### Response:\n", "");

    /// <summary>Alpaca's frame as MetaMath has it; evaluation adds the cue of chain-of-thought.</summary>
    public static Template Metamath { get; } = new(TemplateKind.Metamath, "### Response:", " Let's think step by step.");

    /// <summary>Alpaca's frame with the indentation of LLM-Adapters' commonsense sets.</summary>
    public static Template Commonsense { get; } = new(TemplateKind.Commonsense, "", "");

    public TemplateKind Kind { get; }

    string IPromptFrame.Name => Kind.ToString().ToLowerInvariant();

    string IPromptFrame.Prompt(Example item) => TrainingPrompt(item);

    public static Template Of(TemplateKind kind) => kind switch
    {
        TemplateKind.Plain => Plain,
        TemplateKind.Alpaca => Alpaca,
        TemplateKind.Metamath => Metamath,
        TemplateKind.Commonsense => Commonsense,
        TemplateKind.Glue => throw new DataException(
            "A pipeline with the template `glue` classifies texts and writes none; expected one that writes. Use `evaluate`, or another pipeline."),
        TemplateKind.Chat or TemplateKind.Custom => throw new DataException(
            $"The template `{kind.ToString().ToLowerInvariant()}` is written by the model's or the spec's own text and frames no prompt alone; give the prompt as it stands."),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "is not a template"),
    };

    /// <summary>What stands before the response in training.</summary>
    /// <exception cref="DataException">The row lacks the prompt that the template frames, or has an input without a place.</exception>
    public string TrainingPrompt(Example example)
    {
        if (Kind == TemplateKind.Plain)
        {
            return example.Input.Length == 0
                ? example.Prompt
                : throw new DataException("The template `plain` has no place for an input; use `alpaca`, or make it part of the prompt.");
        }
        if (string.IsNullOrWhiteSpace(example.Prompt))
        {
            throw new DataException($"The template `{Kind.ToString().ToLowerInvariant()}` frames a prompt, but this row has none; " +
                "name the prompt's column, or use the template `plain` for plain text.");
        }
        if (Kind == TemplateKind.Commonsense) return Indented(example, training: true);
        var instruction = $"### Instruction:\n{example.Prompt}\n\n";
        return example.Input.Length == 0
            ? Preamble + instruction + _beforeResponse
            : PreambleWithInput + instruction + $"### Input:\n{example.Input}\n\n" + _beforeResponse;
    }

    /// <summary>What a model continues when it is evaluated by the template's own protocol.</summary>
    /// <exception cref="DataException">As for <see cref="TrainingPrompt"/>.</exception>
    public string EvaluationPrompt(Example example)
    {
        var prompt = TrainingPrompt(example);
        return Kind == TemplateKind.Commonsense ? Indented(example, training: false) : prompt + _cue;
    }

    private static string Indented(Example example, bool training)
    {
        var (hasInput, blank) = (example.Input.Length > 0, training ? Margin : "");
        var preamble = (hasInput ? PreambleWithInput : Preamble).TrimEnd('\n') + (hasInput, training) switch
        {
            (true, true) => " ",
            (true, false) => "",
            (false, true) => "  ",
            (false, false) => " ",
        };
        var input = hasInput ? $"{Margin}### Input:\n{Margin}{example.Input}\n{blank}\n" : "";
        return $"{preamble}\n\n{Margin}### Instruction:\n{Margin}{example.Prompt}\n{blank}\n{input}{Margin}### Response:\n{Margin}";
    }
}
