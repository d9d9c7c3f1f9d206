using NoraPipelines.Plans;

namespace NoraPipelines.Data;

/// <summary>A spec's own template: what stands before the response and the response, with {column} in both.</summary>
public sealed class CustomTemplate
{
    private readonly RowTemplate _prompt;
    private readonly RowTemplate _response;

    /// <exception cref="DataException">Braces that are no {column}.</exception>
    public CustomTemplate(string prompt, string response) => (_prompt, _response) = (Parse(prompt), Parse(response));

    /// <summary>The columns that it needs.</summary>
    public IEnumerable<string> Columns => _prompt.Columns.Concat(_response.Columns).Distinct();

    /// <param name="value">The text of a column.</param>
    public Example Example(Func<string, string> value) => new(_prompt.Render(value), _response.Render(value));

    private static RowTemplate Parse(string text) =>
        RowTemplate.Parse(text, out var problem) ?? throw new DataException($"The template is wrong: {problem}.");
}
