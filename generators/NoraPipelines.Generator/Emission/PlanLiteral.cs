using System.Collections;
using System.Reflection;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>
/// Writes a plan as the C# expression that makes an equal one. It walks the records' own properties, so that a property added to
/// a plan is in the program without a line here.
/// </summary>
internal static class PlanLiteral
{
    public static void Write(CodeWriter code, string head, object record, string end)
    {
        using (code.Block($"{head}new {TypeName(record.GetType())}", end))
        {
            foreach (var property in Settable(record.GetType()))
            {
                var value = property.GetValue(record);
                if (IsRecord(value) && OneLine(value!) is null) Write(code, $"{property.Name} = ", value!, "},");
                else if (value is IEnumerable and not string) WriteList(code, property.Name, ((IEnumerable)value).Cast<object>().ToList(), value.GetType());
                else code.Line($"{property.Name} = {Value(value)},");
            }
        }
    }

    private static void WriteList(CodeWriter code, string name, IReadOnlyList<object> items, Type type)
    {
        var head = $"{name} = EquatableArray.Of<{TypeName(ElementType(type))}>(";
        if (!items.Any(item => IsRecord(item) && OneLine(item) is null))
        {
            code.Call(head, items.Select(Value), "),");
            return;
        }
        code.Line(head);
        using (code.Indented())
        {
            for (var i = 0; i < items.Count; i++) Write(code, "", items[i], i + 1 == items.Count ? "})," : "},");
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
        _ => OneLine(value) ?? throw new ArgumentOutOfRangeException(nameof(value), value, "has properties to set, so it takes a block"),
    };

    /// <summary>`new Folder("…")` for a record that its constructor makes whole; null for one with properties to set.</summary>
    private static string? OneLine(object record)
    {
        if (record is LayerSelection or TaskProtocol) return Value(record);
        var type = record.GetType();
        if (Settable(type).Count() > Positional(type).Count) return null;
        var arguments = Positional(type).Select(name => Value(type.GetProperty(name)!.GetValue(record)));
        return $"new {TypeName(type)}({string.Join(", ", arguments)})";
    }

    private static bool IsRecord(object? value) =>
        value is not null && value.GetType().Namespace == typeof(PipelinePlan).Namespace && value is not (Enum or IEnumerable);

    private static IEnumerable<PropertyInfo> Settable(Type type) =>
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.SetMethod is { IsPublic: true }
        orderby Depth(property.DeclaringType!), property.MetadataToken
        select property;

    /// <summary>Parameter names of a positional record's constructor; none for a record made by properties.</summary>
    private static IReadOnlyList<string> Positional(Type type)
    {
        var constructor = type.GetConstructors().OrderByDescending(candidate => candidate.GetParameters().Length).First();
        return constructor.GetParameters().Select(parameter => parameter.Name!).ToList();
    }

    private static Type ElementType(Type list) => list.GetGenericArguments().Single();

    private static int Depth(Type type) => type.BaseType is null ? 0 : 1 + Depth(type.BaseType);

    private static string TypeName(Type type) =>
        type == typeof(int) ? "int" : type == typeof(string) ? "string" : type.DeclaringType is { } outer ? TypeName(outer) + "." + type.Name : type.Name;
}
