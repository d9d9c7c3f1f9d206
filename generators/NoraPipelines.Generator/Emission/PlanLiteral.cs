using System.Collections;
using System.Reflection;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>
/// Writes a plan as the C# expression that makes an equal one. It walks the records' own properties, so that a property added to
/// a plan is in the program without a line here; a property that has the value a new record gives it is left out.
/// </summary>
internal static class PlanLiteral
{
    /// <param name="end">What follows the expression: a comma, a semicolon, closing brackets.</param>
    public static void Write(CodeWriter code, string head, object record, string end)
    {
        if (OneLine(record) is { } whole && code.Fits(head + whole + end))
        {
            code.Line(head + whole + end);
            return;
        }
        using (code.Block($"{head}new {TypeName(record.GetType())}", "}" + end))
        {
            foreach (var (name, value) in Given(record)) WriteValue(code, $"{name} = ", value);
        }
    }

    private static void WriteValue(CodeWriter code, string head, object? value)
    {
        if (IsRecord(value)) Write(code, head, value!, ",");
        else if (value is IEnumerable list and not string) WriteList(code, head, list.Cast<object>().ToList(), value.GetType());
        else code.Line($"{head}{Value(value)},");
    }

    private static void WriteList(CodeWriter code, string head, IReadOnlyList<object> items, Type type)
    {
        var opening = $"{head}EquatableArray.Of<{TypeName(ElementType(type))}>(";
        if (!items.Any(IsRecord))
        {
            code.Call(opening, items.Select(Value), "),");
            return;
        }
        code.Line(opening);
        using (code.Indented())
        {
            for (var i = 0; i < items.Count; i++) Write(code, "", items[i], i + 1 == items.Count ? ")," : ",");
        }
    }

    private static string Value(object? value) => value switch
    {
        null => "null",
        string text => CSharp.Text(text),
        bool flag => CSharp.Flag(flag),
        double number => CSharp.Number(number),
        int or long => CSharp.Number(Convert.ToInt64(value)),
        Enum member => TypeName(member.GetType()) + "." + member,
        LayerSelection { Indices: null } => "LayerSelection.All",
        LayerSelection layers => $"LayerSelection.Of([{string.Join(", ", layers.Indices!.Value)}])",
        TaskProtocol task => $"TaskProtocols.Of({CSharp.Text(task.Name)})",
        _ => OneLine(value) ?? throw new ArgumentOutOfRangeException(nameof(value), value, "holds other records or lists, so it takes a block"),
    };

    /// <summary>`new Folder("…")`, `new ColumnMap { Prompt = "question" }`; null for a record that holds other records with properties, or lists.</summary>
    private static string? OneLine(object record)
    {
        if (record is LayerSelection or TaskProtocol) return Value(record);
        var constructor = Positional(record.GetType());
        var arguments = constructor.Select(parameter => (Parameter: parameter, Value: ValueOf(record, parameter.Name!))).ToList();
        while (arguments.Count > 0 && arguments[^1] is { Parameter.HasDefaultValue: true } last && Equals(last.Value, last.Parameter.DefaultValue))
        {
            arguments.RemoveAt(arguments.Count - 1);
        }
        var given = Given(record).Where(property => constructor.All(parameter => parameter.Name != property.Name)).ToList();
        if (given.Any(property => property.Value is IEnumerable and not string || (IsRecord(property.Value) && IsBlock(property.Value!)))) return null;
        var call = $"new {TypeName(record.GetType())}";
        var settings = string.Join(", ", given.Select(property => $"{property.Name} = {Value(property.Value)}"));
        if (settings.Length == 0 || arguments.Count > 0) call += $"({string.Join(", ", arguments.Select(argument => Value(argument.Value)))})";
        return settings.Length == 0 ? call : $"{call} {{ {settings} }}";
    }

    /// <summary>Whether a record is more than one call on a line: it has properties that are given, or cannot stand on one line.</summary>
    private static bool IsBlock(object record) => OneLine(record) is not { } line || line.EndsWith("}", StringComparison.Ordinal);

    /// <summary>The properties that must be given, and those that differ from what a new record has.</summary>
    private static IEnumerable<(string Name, object? Value)> Given(object record)
    {
        var type = record.GetType();
        var fresh = Positional(type).Count == 0 ? Activator.CreateInstance(type) : null;
        return from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
               where property.SetMethod is { IsPublic: true }
               let value = property.GetValue(record)
               where fresh is null || IsRequired(property) || !Equals(value, property.GetValue(fresh))
               orderby Depth(property.DeclaringType!), property.MetadataToken
               select (property.Name, value);
    }

    /// <summary>Whether the compiler asks for it; its attribute is told by name, because each assembly below .NET 7 has one of its own.</summary>
    private static bool IsRequired(PropertyInfo property) => property.CustomAttributes.Any(mark => mark.AttributeType.Name == "RequiredMemberAttribute");

    private static object? ValueOf(object record, string name) => record.GetType().GetProperty(name)!.GetValue(record);

    private static bool IsRecord(object? value) =>
        value is not null && value.GetType().Namespace == typeof(PipelinePlan).Namespace && value is not (Enum or IEnumerable);

    /// <summary>Parameters of a positional record's constructor; none for a record made by properties.</summary>
    private static IReadOnlyList<ParameterInfo> Positional(Type type) =>
        type.GetConstructors().OrderByDescending(candidate => candidate.GetParameters().Length).First().GetParameters();

    private static Type ElementType(Type list) => list.GetGenericArguments().Single();

    private static int Depth(Type type) => type.BaseType is null ? 0 : 1 + Depth(type.BaseType);

    private static string TypeName(Type type) =>
        type == typeof(int) ? "int" : type == typeof(string) ? "string" : type.DeclaringType is { } outer ? TypeName(outer) + "." + type.Name : type.Name;
}
