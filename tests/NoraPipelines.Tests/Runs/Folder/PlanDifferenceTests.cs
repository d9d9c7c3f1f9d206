using System.Text.Json.Nodes;
using NoraPipelines.Runs.Folder;

namespace NoraPipelines.Tests.Runs.Folder;

public sealed class PlanDifferenceTests
{
    [Theory]
    [InlineData("1e-2", "0.010")]
    [InlineData("1", "1.0")]
    [InlineData("1E-30", "1e-30")]
    [InlineData("9007199254740993", "9007199254740993")]
    public void Numbers_are_compared_by_their_values(string before, string now) => Assert.Empty(Between(before, now));

    [Theory]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("1e-30", "0")]
    [InlineData("\"1\"", "1")]
    public void What_differs_in_its_value_or_kind_is_told(string before, string now) => Assert.Single(Between(before, now));

    private static IReadOnlyList<string> Between(string before, string now) =>
        PlanDifference.Between(JsonNode.Parse($"{{\"x\":{before}}}")!.AsObject(), JsonNode.Parse($"{{\"x\":{now}}}")!.AsObject());
}
