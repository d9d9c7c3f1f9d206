using System.Text.Json;
using System.Text.Json.Serialization;
using NoraPipelines.Plans;

namespace NoraPipelines.Runs.Folder;

/// <summary>A task by its name, as the spec writes it: gsm8k.</summary>
internal sealed class TaskConverter : JsonConverter<TaskProtocol>
{
    public override TaskProtocol Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TaskProtocols.Find(reader.GetString() ?? "")
            ?? throw new JsonException($"'{reader.GetString()}' is none of {string.Join(", ", TaskProtocols.Names)}.");

    public override void Write(Utf8JsonWriter writer, TaskProtocol value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
}
