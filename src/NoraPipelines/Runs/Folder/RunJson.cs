using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using NoraPipelines.Checkpoints;
using NoraPipelines.Disk;
using NoraPipelines.Plans;

namespace NoraPipelines.Runs.Folder;

/// <summary>How everything in a run's folder and on --json's stdout is written: snake_case, numbers as numbers.</summary>
internal static class RunJson
{
    private const string Check = "check", Remedy = "Put a copy of the file back, or start a new run.";

    /// <summary>Properties that tell which record of several a plan has.</summary>
    private static readonly string[] Telling = ["architecture", "kind", "method"];

    /// <summary>One line.</summary>
    public static JsonSerializerOptions Line { get; } = Options(indented: false);

    /// <summary>For people's eyes.</summary>
    public static JsonSerializerOptions Indented { get; } = Options(indented: true);

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Indented);

    /// <exception cref="NoraException">The file is not the JSON that was expected.</exception>
    public static T Read<T>(string path) => Guard(path, () => JsonSerializer.Deserialize<T>(File.ReadAllText(path), Line)
        ?? throw new NoraException($"{path}: found null, expected a JSON value. {Remedy}"));

    /// <summary>Writes an object whose last member is the checksum of the rest: what changes in the file afterwards is found.</summary>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public static void WriteChecked<T>(string path, T value)
    {
        var content = JsonSerializer.SerializeToNode(value, Indented)!.AsObject();
        content[Check] = Sum(content);
        RunDirectory.WriteText(path, content.ToJsonString(Indented));
    }

    /// <summary>As <see cref="WriteChecked"/> wrote it.</summary>
    /// <exception cref="NoraException">The file is not as it was written.</exception>
    public static T ReadChecked<T>(string path) => Guard(path, () =>
    {
        var text = File.ReadAllText(path);
        JsonText.Check(Encoding.UTF8.GetBytes(text));
        if (JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) is not JsonObject content
            || content[Check] is not JsonValue check || !check.TryGetValue<string>(out var written) || !content.Remove(Check) || written != Sum(content))
            throw new NoraException($"{path}: is damaged, its checksum (\"{Check}\", its last member) is not that of its content. {Remedy}");
        return content.Deserialize<T>(Line)!;
    });

    private static string Sum(JsonObject content) => FileMark.OfText(content.ToJsonString(Indented)).Sha256;

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception problem) when (problem is JsonException or NotSupportedException or IOException or UnauthorizedAccessException)
        {
            throw new NoraException($"{path}: {(Directory.Exists(path) ? "is a folder." : problem.Message)} Expected the JSON that a run wrote there. {Remedy}", problem);
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
