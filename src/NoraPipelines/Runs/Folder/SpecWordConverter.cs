using System.Text.Json;
using System.Text.Json.Serialization;
using NoraPipelines.Plans;

namespace NoraPipelines.Runs.Folder;

/// <summary>The plan's enumerations in the spec's own words: awsvd, w_a_and_w_b.</summary>
internal sealed class SpecWordConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum && typeToConvert.Assembly == typeof(PipelinePlan).Assembly;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert))!;

    private sealed class Converter<T> : JsonConverter<T> where T : struct, Enum
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Words.Parse<T>(reader.GetString() ?? "") ?? throw new JsonException($"'{reader.GetString()}' is none of {string.Join(", ", Words.All<T>())}.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Words.Of(value));
    }
}
