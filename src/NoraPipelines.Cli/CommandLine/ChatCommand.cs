using System.CommandLine;
using NoraPipelines.Chat;
using NoraPipelines.Generation;

namespace NoraPipelines.Cli.CommandLine;

/// <summary>`chat`: a conversation in the terminal, written out by the model's own chat template. A line is a message.</summary>
internal static class ChatCommand
{
    private const string Reset = "/reset", Exit = "/exit";

    public static Command Create(CommandContext context)
    {
        var (pipeline, set, adapter, device) = (CommonOptions.Pipeline(), CommonOptions.Set(), CommonOptions.Adapter(required: false), CommonOptions.Device());
        var system = new Option<string?>("--system") { Description = "What the system says before the conversation", HelpName = "TEXT" };
        var options = new AnswerOptions();
        var command = new Command("chat", $"Talks with the model, a line a message; {Reset} begins anew, {Exit} or the end of the input ends")
        {
            pipeline, adapter, system, set, device, CommonOptions.Json(),
        };
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var found = context.Pipelines.Find(parsed.GetRequiredValue(pipeline));
            var (maxTokens, decoding) = options.Read(parsed);
            using var session = ModelSession.Open(context, found, parsed.GetValue(set) ?? [], parsed.GetValue(device), parsed.GetValue(adapter), context.Output.Notices);
            return Run(context, session, parsed.GetValue(system), maxTokens, decoding);
        });
        return command;
    }

    private static int Run(CommandContext context, ModelSession session, string? system, int maxTokens, Decoding decoding)
    {
        var writing = TextWriting.Of(session.Loaded);
        var tokenizer = writing.Tokenizer;
        var template = ChatTemplate.Load(tokenizer);
        var endIds = ChatTurnEnd.Ids(template, tokenizer);
        ChatMessage[] opening = system is null ? [] : [new ChatMessage(ChatMessage.System, system)];
        var messages = new List<ChatMessage>(opening);
        var host = context.Host;
        while (Ask(context) is { } said && said.Trim() != Exit)
        {
            if (said.Trim() == Reset) messages = [.. opening];
            if (said.Trim() == Reset || string.IsNullOrWhiteSpace(said)) continue;
            messages.Add(new ChatMessage(ChatMessage.User, said));
            var prompt = tokenizer.Encode(template.Render(messages, addGenerationPrompt: true), addSpecialTokens: false);
            var live = context.Output.Json ? null : host.Output;
            var (answer, _) = Answering.Answer(writing, prompt, maxTokens, decoding, live, session.Run.Stop, endIds);
            messages.Add(new ChatMessage(ChatMessage.Assistant, answer));
        }
        context.Output.Reply(new Conversation([.. messages.Select(message => new Turn(message.Role, message.Content))]), static _ => { });
        return NoraCommandLine.Done;
    }

    private static string? Ask(CommandContext context)
    {
        if (context.Host.InputIsTerminal && !context.Output.Json)
        {
            context.Host.Output.Write("> ");
            context.Host.Output.Flush();
        }
        return context.Host.Input?.ReadLine();
    }

    private sealed record Conversation(IReadOnlyList<Turn> Messages);

    private sealed record Turn(string Role, string Content);
}
