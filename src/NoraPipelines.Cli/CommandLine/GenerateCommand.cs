using System.CommandLine;
using NoraPipelines.Chat;
using NoraPipelines.Data;
using NoraPipelines.Generation;
using NoraPipelines.Plans;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>`generate`: what the model answers to a prompt, framed by the pipeline's template as in training.</summary>
internal static class GenerateCommand
{
    public static Command Create(CommandContext context)
    {
        var (pipeline, set, adapter, device) = (CommonOptions.Pipeline(), CommonOptions.Set(), CommonOptions.Adapter(required: false), CommonOptions.Device());
        var prompt = new Option<string?>("--prompt") { Description = "What to answer; without it and --file, what comes from stdin", HelpName = "TEXT" };
        var file = new Option<string?>("--file") { Description = "A file whose text is to be answered", HelpName = "FILE" };
        var raw = new Option<bool>("--raw") { Description = "Give the model the prompt as it stands, without the pipeline's template" };
        var options = new AnswerOptions();
        var command = new Command("generate", "Answers a prompt with the adapted model, token by token; without an adapter, with the base model")
        {
            pipeline, prompt, file, adapter, raw, set, device, CommonOptions.Json(),
        };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var found = context.Pipelines.Find(parsed.GetRequiredValue(pipeline));
            var (maxTokens, decoding) = options.Read(parsed);
            var asked = Prompt(context, parsed.GetValue(prompt), parsed.GetValue(file));
            if (asked.Length == 0 && !parsed.GetValue(raw)) throw new UsageException("The prompt is empty. Give --prompt TEXT or --file FILE, or pipe a text in; --raw lets the model begin by itself.");
            using var session = ModelSession.Open(context, found, parsed.GetValue(set) ?? [], parsed.GetValue(device), parsed.GetValue(adapter), context.Output.Notices);
            return Run(context, found, session, asked, parsed.GetValue(raw), maxTokens, decoding);
        });
        return command;
    }

    private static int Run(CommandContext context, Pipeline pipeline, ModelSession session, string prompt, bool raw, int maxTokens, Decoding decoding)
    {
        var writing = TextWriting.Of(session.Loaded);
        var ids = Ids(pipeline.Plan.Dataset.Template, writing.Tokenizer, prompt, raw);
        var live = context.Output.Json ? null : context.Host.Output;
        var endIds = raw || pipeline.Plan.Dataset.Template.Kind != TemplateKind.Chat ? null
            : ChatTurnEnd.Ids(ChatTemplate.Load(writing.Tokenizer), writing.Tokenizer);
        var (answer, tokens) = Answering.Answer(writing, ids, maxTokens, decoding, live, session.Run.Stop, endIds);
        context.Output.Reply(new GenerationAnswer(prompt, answer, tokens), static _ => { });
        return NoraCommandLine.Done;
    }

    /// <summary>The prompt in the frame that the model was taught with.</summary>
    private static int[] Ids(TemplatePlan template, TextTokenizer tokenizer, string prompt, bool raw)
    {
        if (raw) return EncodedPrompt.Of(tokenizer, prompt);
        if (template.Kind == TemplateKind.Chat)
        {
            var asked = ChatTemplate.Load(tokenizer).Render([new ChatMessage(ChatMessage.User, prompt)], addGenerationPrompt: true);
            return tokenizer.Encode(asked, addSpecialTokens: false); // the template wrote them
        }
        if (template.Kind != TemplateKind.Custom) return EncodedPrompt.Of(tokenizer, Template.Of(template.Kind).TrainingPrompt(new Example(prompt, "")));
        var frame = RowTemplate.Parse(template.Prompt ?? "", out _)!;
        string[] columns = [.. frame.Columns];
        return columns.Length == 1
            ? EncodedPrompt.Of(tokenizer, frame.Render(_ => prompt))
            : throw new UsageException($"The pipeline's template takes {(columns.Length == 0 ? "no column" : "the columns " + string.Join(", ", columns))}; "
                + "a prompt fills one. Write the whole prompt yourself and give --raw.");
    }

    private static string Prompt(CommandContext context, string? prompt, string? file)
    {
        if (prompt is not null && file is not null) throw new UsageException("Both --prompt and --file were given. Give one of them.");
        if (prompt is not null) return prompt;
        if (file is null)
        {
            if (context.Host.Input is null || context.Host.InputIsTerminal)
                throw new UsageException("There is no prompt. Give --prompt TEXT or --file FILE, or pipe the prompt in.");
            return WithoutLastNewline(context.Host.Input.ReadToEnd());
        }
        var path = context.FullPath(file);
        try
        {
            return WithoutLastNewline(File.ReadAllText(path));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new NoraException($"{path}: the prompt cannot be read: {problem.Message}", problem);
        }
    }

    /// <summary>The one that editors and `echo` put at the end.</summary>
    private static string WithoutLastNewline(string text) => text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2]
        : text.EndsWith('\n') ? text[..^1] : text;

    private sealed record GenerationAnswer(string Prompt, string Text, int Tokens);
}
