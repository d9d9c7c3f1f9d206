using NoraPipelines.Plans;

namespace NoraPipelines.Data;

/// <summary>Which columns of a file hold the prompt and the response, or the text.</summary>
internal static class Columns
{
    // Tried in this order where a spec names no columns.
    private static readonly ColumnMap[] Known =
    [
        new() { Prompt = "prompt", Response = "response" },
        new() { Prompt = "query", Response = "response" },
        new() { Prompt = "question", Response = "answer" },
        new() { Prompt = "instruction", Input = "input", Response = "output" },
        new() { Prompt = "instruction", Response = "output" },
        new() { Text = "text" },
        new() { Messages = "messages" },
        new() { Messages = "conversations" },
    ];

    /// <exception cref="DataException">What is given is no pair and no text, or nothing is given and nothing known is there.</exception>
    public static ColumnMap Choose(Row row, ColumnMap given, IReadOnlyList<string> found)
    {
        if (given != new ColumnMap())
        {
            RefuseHalves(row.Path, given);
            foreach (var name in Names(given).Where(name => !found.Contains(name))) throw Missing(row, name, found);
            return given;
        }
        return Known.FirstOrDefault(known => Names(known).All(found.Contains))
            ?? throw row.Error($"the columns {List(found)} are not known; say which hold what: " +
                "`columns: { prompt: …, response: … }`, `columns: { text: … }` or `columns: { messages: … }`.");
    }

    /// <summary>The columns of a file that rows are taken from; of conversations also those that may belong to them.</summary>
    /// <exception cref="DataException">As for <see cref="Choose"/>.</exception>
    public static IReadOnlyCollection<string> Wanted(string path, ColumnMap given, IReadOnlyList<string> found)
    {
        var chosen = Choose(new Row(path, 1, 0, default), given, found);
        return [.. Names(chosen).Concat(chosen.Messages is null ? [] : ChatRow.Columns.Where(found.Contains)).Distinct()];
    }

    /// <summary>Those of a file that are named; where one is not there all of them, so that the row says what there is.</summary>
    public static IReadOnlyCollection<string> Wanted(IReadOnlyCollection<string> named, IReadOnlyList<string> found) =>
        named.Count > 0 && named.All(found.Contains) ? [.. named.Distinct()] : found;

    public static DataException Missing(Row row, string name, IReadOnlyList<string> found)
    {
        var nearest = DidYouMean.Nearest(name, found);
        var hint = nearest is null ? "." : $"; did you mean `{nearest}`?";
        var remedy = nearest is null ? " Say which hold what: `columns: { prompt: …, response: … }`." : "";
        return row.Error($"there is no column `{name}`{hint} Columns found: {List(found)}.{remedy}");
    }

    private static void RefuseHalves(string path, ColumnMap given)
    {
        var problem = given switch
        {
            { Text: not null } and ({ Prompt: not null } or { Response: not null } or { Input: not null }) =>
                "names a text and a prompt or response; give either",
            { Messages: not null } => given == new ColumnMap { Messages = given.Messages } ? null : "names messages and other columns; give either",
            { Text: null, Prompt: null } => "names no prompt; give both prompt and response, or text",
            { Text: null, Response: null } => "names no response; give both prompt and response, or text",
            _ => null,
        };
        if (problem is not null) throw new DataException($"{path}: `columns` {problem}.");
    }

    public static IEnumerable<string> Names(ColumnMap columns) =>
        new[] { columns.Prompt, columns.Input, columns.Response, columns.Text, columns.Messages }.OfType<string>();

    private static string List(IReadOnlyList<string> names) =>
        names.Count == 0 ? "none" : string.Join(", ", names.Take(20).Select(name => $"`{name}`"));
}
