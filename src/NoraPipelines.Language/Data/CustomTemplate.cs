using NoraPipelines.Plans;

namespace NoraPipelines.Data;

/// <summary>A spec's own template: what stands before the response and the response, with {column} in both.</summary>
public sealed class CustomTemplate : IPromptFrame
{
    private readonly RowTemplate _prompt;
    private readonly RowTemplate _response;

    /// <exception cref="DataException">Braces that are no {column}.</exception>
    public CustomTemplate(string prompt, string response) => (_prompt, _response) = (Parse(prompt), Parse(response));

    string IPromptFrame.Name => "custom";

    /// <summary>The response's own text before its first column.</summary>
    string IPromptFrame.BeforeAnswer => _response.Beginning;

    /// <summary>As <see cref="ExampleReader.ReadItems"/> wrote it out when it read the row.</summary>
    string IPromptFrame.Prompt(Example item) => item.Prompt;

    /// <summary>The columns that it needs.</summary>
    public IEnumerable<string> Columns => _prompt.Columns.Concat(_response.Columns).Distinct();

    /// <param name="value">The text of a column.</param>
    public Example Example(Func<string, string> value) => new(_prompt.Render(value), _response.Render(value));

    /// <summary>
    /// An item of a task: the prompt written out, and what the answer is judged by. A prompt of one column takes the task's own;
    /// one of several takes them by their names.
    /// </summary>
    /// <param name="value">The text of a column.</param>
    /// <param name="columns">The task's columns; without a response the template's is written out.</param>
    internal Example Item(Func<string, string> value, ColumnMap columns)
    {
        var prompt = columns.Prompt is { } own && _prompt.Columns.Take(2).Count() == 1 ? _prompt.Render(_ => value(own)) : _prompt.Render(value);
        return new Example(prompt, columns.Response is { } response ? value(response) : _response.Render(value));
    }

    /// <summary>Whether the prompt has a place for a column.</summary>
    internal bool Asks(string column) => _prompt.Columns.Contains(column);

    private static RowTemplate Parse(string text) =>
        RowTemplate.Parse(text, out var problem) ?? throw new DataException($"The template is wrong: {problem}.");
}
