using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using NoraPipelines.Plans;

namespace NoraPipelines.Runs.Folder;

/// <summary>How everything in a run's folder and on --json's stdout is written: snake_case, numbers as numbers.</summary>
internal static class RunJson
{
    /// <summary>Properties that tell which record of several a plan has.</summary>
    private static readonly string[] Telling = ["architecture", "kind", "method"];

    /// <summary>One line.</summary>
    public static JsonSerializerOptions Line { get; } = Options(indented: false);

    /// <summary>For people's eyes.</summary>
    public static JsonSerializerOptions Indented { get; } = Options(indented: true);

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Indented);

    /// <exception cref="NoraException">The file is not the JSON that was expected.</exception>
    public static T Read<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), Line)
                ?? throw new NoraException($"{path}: found null, expected a JSON value. Remove the file or start a new run.");
        }
        catch (Exception problem) when (problem is JsonException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            throw new NoraException($"{path}: {problem.Message} Expected the JSON that a run wrote there; remove the file or start a new run.", problem);
        }
    }

    /// <summary>The whole plan, every record by its own type.</summary>
    public static JsonObject OfPlan(PipelinePlan plan) => JsonSerializer.SerializeToNode(plan, Line)!.AsObject();

    private static JsonSerializerOptions Options(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = indented,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the files are read as JSON, never pasted into a page unescaped
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true, // a file without a member is refused when it is read
        Converters = { new SpecWordConverter(), new TaskConverter(), new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { DescribePlans } },
    };

    /// <summary>
    /// A plan is written as what was given or follows as a default: without numbers that its records compute from those, and a property of an
    /// abstract type as the type that it really has. The spec's own word tells which one that is (kind, method, architecture).
    /// </summary>
    private static void DescribePlans(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || type.Type.Assembly != typeof(PipelinePlan).Assembly) return;
        // A record that a method of its own makes, as LayerSelection, has no property to set: all of it was given.
        if (type.Properties.Any(property => property.Set is not null))
        {
            foreach (var computed in type.Properties.Where(property => property.Set is null && !Telling.Contains(property.Name)).ToList())
                type.Properties.Remove(computed);
        }
        if (!type.Type.IsAbstract || type.Type.IsInterface) return;
        var tellsItself = type.Properties.Any(property => Telling.Contains(property.Name));
        type.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "kind" };
        foreach (var derived in type.Type.Assembly.GetTypes().Where(candidate => candidate.IsSubclassOf(type.Type) && !candidate.IsAbstract))
        {
            type.PolymorphismOptions.DerivedTypes.Add(
                tellsItself ? new JsonDerivedType(derived) : new JsonDerivedType(derived, JsonNamingPolicy.SnakeCaseLower.ConvertName(derived.Name)));
        }
    }
}
