using System.Text;

namespace NoraPipelines.Chat.Jinja;

/// <summary>Runs the statements of a template and keeps what they write.</summary>
internal sealed class JinjaRenderer
{
    private const int DeepestMacro = 50;
    private readonly JinjaBudget _budget = new();
    private readonly JinjaEvaluator _evaluator;
    private readonly StringBuilder _main = new();
    private readonly List<(int Start, int End)> _generated = [];
    private StringBuilder _output;
    private int _macros;

    private JinjaRenderer() => (_evaluator, _output) = (new JinjaEvaluator(_budget), _main);

    private enum Flow
    {
        On,
        Break,
        Continue,
    }

    /// <param name="names">What the template sees, functions among them.</param>
    /// <returns>The text, and the stretches of it that `generation` blocks wrote.</returns>
    public static (string Text, IReadOnlyList<(int Start, int End)> Generated) Render(
        IReadOnlyList<JinjaStatement> template, IEnumerable<KeyValuePair<string, object?>> names)
    {
        var renderer = new JinjaRenderer();
        var scope = new JinjaScope(null);
        foreach (var (name, value) in names) scope.Set(name, value);
        JinjaGlobals.Define(scope);
        renderer.Run(template, scope);
        return (renderer._main.ToString(), renderer._generated);
    }

    private Flow Run(IReadOnlyList<JinjaStatement> body, JinjaScope scope)
    {
        foreach (var statement in body)
        {
            _budget.Step();
            if (Run(statement, scope) is var flow and not Flow.On) return flow;
        }
        return Flow.On;
    }

    private Flow Run(JinjaStatement statement, JinjaScope scope)
    {
        switch (statement)
        {
            case JinjaStatement.Text text:
                Write(text.Content);
                return Flow.On;
            case JinjaStatement.Output output:
                Write(JinjaText.Of(_evaluator.Value(output.Value, scope)));
                return Flow.On;
            case JinjaStatement.If condition:
                foreach (var (test, body) in condition.Branches)
                {
                    if (_evaluator.IsTrue(test, scope)) return Run(body, scope);
                }
                return Run(condition.Else, scope);
            case JinjaStatement.For loop: return For(loop, scope);
            case JinjaStatement.Set set:
                Set(set, scope);
                return Flow.On;
            case JinjaStatement.Capture capture:
                Capture(capture, scope);
                return Flow.On;
            case JinjaStatement.Macro macro:
                scope.Set(macro.Name, Macro(macro, scope.Root));
                return Flow.On;
            case JinjaStatement.Generation generation:
                var start = _main.Length;
                var flow = Run(generation.Body, scope);
                if (ReferenceEquals(_output, _main) && _main.Length > start) _generated.Add((start, _main.Length));
                return flow;
            case JinjaStatement.Break: return Flow.Break;
            default: return Flow.Continue;
        }
    }

    private Flow For(JinjaStatement.For loop, JinjaScope scope)
    {
        var items = JinjaSequences.Items(_evaluator.Value(loop.Items, scope), $"line {loop.Line}: a loop");
        if (loop.Filter is { } filter)
        {
            items = items.FindAll(item =>
            {
                _budget.Step();
                var inner = new JinjaScope(scope);
                JinjaLoop.Bind(loop, item, inner);
                return _evaluator.IsTrue(filter, inner);
            });
        }
        if (items.Count == 0) return Run(loop.Else, scope);
        for (var i = 0; i < items.Count; i++)
        {
            _budget.Step();
            var inner = new JinjaScope(scope);
            JinjaLoop.Bind(loop, items[i], inner);
            inner.Set("loop", JinjaLoop.Of(items, i));
            if (Run(loop.Body, inner) == Flow.Break) break;
        }
        return Flow.On;
    }

    private void Set(JinjaStatement.Set set, JinjaScope scope)
    {
        var value = _evaluator.Value(set.Value, scope);
        if (set.Owner is { } owner)
        {
            if (_evaluator.Value(owner, scope) is not JinjaNamespace space)
                throw new JinjaException($"line {set.Line}: `set` changes names and what `namespace(…)` made, found {JinjaText.Kind(_evaluator.Value(owner, scope))}.");
            space.Values[set.Names[0]] = value;
            return;
        }
        if (set.Names.Count == 1)
        {
            scope.Set(set.Names[0], value);
            return;
        }
        var parts = JinjaSequences.Items(value, $"line {set.Line}: `set`");
        if (parts.Count != set.Names.Count) throw new JinjaException($"line {set.Line}: {parts.Count} values for {set.Names.Count} names.");
        for (var i = 0; i < parts.Count; i++) scope.Set(set.Names[i], parts[i]);
    }

    private void Capture(JinjaStatement.Capture capture, JinjaScope scope)
    {
        object? value = Captured(capture.Body, new JinjaScope(scope));
        foreach (var (name, arguments) in capture.Filters)
            value = JinjaFilters.Run(name, _evaluator.Arguments($"line {capture.Line}: filter `{name}`", arguments, scope, value));
        if (capture.Name is { } target) scope.Set(target, value);
        else Write(JinjaText.Of(value));
    }

    private string Captured(IReadOnlyList<JinjaStatement> body, JinjaScope scope)
    {
        var outer = _output;
        _output = new StringBuilder();
        try
        {
            Run(body, scope);
            return _output.ToString();
        }
        finally
        {
            _output = outer;
        }
    }

    private JinjaFunction Macro(JinjaStatement.Macro macro, JinjaScope root) => call =>
    {
        call.Expect(macro.Parameters.Count, [.. macro.Parameters.Select(parameter => parameter.Name)]);
        if (++_macros > DeepestMacro) throw new JinjaException($"macros call each other more than {DeepestMacro} deep.");
        var scope = new JinjaScope(root);
        foreach (var (place, (name, otherwise)) in macro.Parameters.Index())
        {
            var missing = otherwise is null ? new JinjaUndefined(name) : _evaluator.Value(otherwise, scope);
            scope.Set(name, call.Optional(place, name, missing));
        }
        var text = Captured(macro.Body, scope);
        _macros--;
        return text;
    };

    private void Write(string text)
    {
        _budget.Characters(text.Length);
        _output.Append(text);
    }
}
