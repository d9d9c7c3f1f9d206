using NoraPipelines.Chat;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Data;

/// <summary>
/// Asks as a conversation: the item as the user's message, or an item's own messages up to the assistant's last one, and the beginning of
/// the assistant's turn. The template writes every special token, so the tokenizer adds none.
/// </summary>
public sealed class ChatFrame(ChatTemplate template) : IPromptFrame
{
    public string Name => "chat";

    /// <exception cref="ChatTemplateException">The template refuses the messages.</exception>
    /// <exception cref="DataException">There is nothing to ask, or calls of tools that the template does not write.</exception>
    public string Prompt(Example item)
    {
        var asked = Asked(item);
        new ChatFields(template).RefuseCalls(asked, item.ChatVariables);
        return template.Render(asked, addGenerationPrompt: true, item.ChatVariables);
    }

    public int[] Encode(TextTokenizer tokenizer, string prompt) => tokenizer.Encode(prompt, addSpecialTokens: false);

    public IReadOnlyList<int> EndIds(TextTokenizer tokenizer) => ChatTurnEnd.Ids(template, tokenizer);

    /// <exception cref="DataException">The last answer is a call of a tool.</exception>
    public string Reference(Example item)
    {
        if (item.Messages is not { } messages) return item.Response;
        var answer = messages[LastAnswer(messages)];
        return answer.Content.Length > 0 || answer.Fields.Count == 0 ? answer.Content : throw new DataException(
            "The assistant's last message has no text (it calls a tool), and tasks judge texts; expected an answer in `content`. Leave the row out.");
    }

    /// <summary>A prompt with its input, where a data set keeps it apart, as one message of the user.</summary>
    internal static ChatMessage Question(Example item) =>
        new(ChatMessage.User, item.Input.Length == 0 ? item.Prompt : item.Prompt + "\n\n" + item.Input);

    private static IReadOnlyList<ChatMessage> Asked(Example item)
    {
        if (item.Messages is not { } messages)
        {
            return item.Prompt.Length > 0 ? [Question(item)] : throw new DataException(
                "The template `chat` asks in a conversation, but this row is a text; name the messages' column, or the prompt's and the "
                + "response's.");
        }
        var last = LastAnswer(messages);
        return last > 0 ? [.. messages.Take(last)] : throw new DataException(
            "The assistant's answer is the conversation's first message, so there is nothing to ask; expected a message of the user before it.");
    }

    private static int LastAnswer(IReadOnlyList<ChatMessage> messages)
    {
        for (var i = messages.Count - 1; i >= 0; i--)
            if (messages[i].Role == ChatMessage.Assistant) return i;
        throw new DataException("No message of the conversation is the assistant's, so there is nothing to judge an answer by.");
    }
}
