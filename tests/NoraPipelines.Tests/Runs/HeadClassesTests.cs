using System.Text.Json;
using NoraPipelines.Runs;

namespace NoraPipelines.Tests.Runs;

public class HeadClassesTests
{
    [Theory]
    [InlineData("""{ "id2label": { "0": "not-equivalent", "1": "Equivalent" } }""", false)]
    [InlineData("""{ "id2label": { "0": "equivalent", "1": "not_equivalent" } }""", true)]
    [InlineData("""{ "id2label": { "0": "LABEL_0", "1": "LABEL_1" } }""", false)]
    [InlineData("""{ "id2label": { "0": "equivalent", "1": "not_equivalent", "2": "unsure" } }""", false)]
    [InlineData("""{ "id2label": [1] }""", false)]
    [InlineData("{ }", false)]
    public void Classes_in_another_order_are_told(string config, bool warns) =>
        Assert.Equal(warns, HeadClasses.Problem(JsonDocument.Parse(config).RootElement, ["not_equivalent", "equivalent"]) is { } told
            && told.Contains("calls class 0 'equivalent', the task calls it 'not_equivalent'"));
}
