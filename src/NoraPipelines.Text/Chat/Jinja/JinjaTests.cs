namespace NoraPipelines.Chat.Jinja;

/// <summary>`is …`</summary>
internal static class JinjaTests
{
    public static bool Run(string name, JinjaCall call)
    {
        var value = call.Positional[0];
        return name switch
        {
            "defined" => value is not JinjaUndefined,
            "undefined" => value is JinjaUndefined,
            "none" => value is null,
            "string" => value is string,
            "number" => value is long or double or bool,
            "integer" => value is long,
            "float" => value is double,
            "boolean" => value is bool,
            "true" => value is true,
            "false" => value is false,
            "mapping" => value is IDictionary<object, object?>,
            "iterable" => value is string or List<object?> or IDictionary<object, object?> or JinjaUndefined,
            "sequence" => value is string or List<object?> or IDictionary<object, object?>,
            "callable" => value is JinjaFunction,
            "odd" => Whole(call, value) % 2 != 0,
            "even" => Whole(call, value) % 2 == 0,
            "lower" => value is string text && text.Equals(text.ToLowerInvariant(), StringComparison.Ordinal),
            "upper" => value is string text && text.Equals(text.ToUpperInvariant(), StringComparison.Ordinal),
            "divisibleby" => call.Whole(1, "num") is { } divisor and not 0
                ? Whole(call, value) % divisor == 0
                : throw call.Error("takes a divisor other than 0"),
            "equalto" or "eq" => JinjaOperators.AreEqual(value, call.Required(1, "other")),
            "ne" => !JinjaOperators.AreEqual(value, call.Required(1, "other")),
            "sameas" => JinjaOperators.AreEqual(value, call.Required(1, "other")) && JinjaText.Kind(value) == JinjaText.Kind(call.Required(1, "other")),
            "lt" or "lessthan" => JinjaOperators.Compare(value, call.Required(1, "other")) < 0,
            "gt" or "greaterthan" => JinjaOperators.Compare(value, call.Required(1, "other")) > 0,
            "le" => JinjaOperators.Compare(value, call.Required(1, "other")) <= 0,
            "ge" => JinjaOperators.Compare(value, call.Required(1, "other")) >= 0,
            "in" => JinjaOperators.Contains(call.Required(1, "seq"), value),
            _ => throw new JinjaException($"the test `{name}` is not supported."),
        };
    }

    private static long Whole(JinjaCall call, object? value) =>
        value is long whole ? whole : throw call.Error($"takes a whole number, found {JinjaText.Kind(value)}");
}
