using NoraPipelines.Generator.Emission;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Planning.Sweeps;

/// <summary>A variant as the tree of a whole spec.</summary>
/// <param name="Budget">NoRA's count, where its rank was chosen to stay within that.</param>
/// <param name="Problems">Of choosing the rank.</param>
internal sealed record SweptVariant(
    Combination Combination, MappingNode Tree, EquatableArray<SweptValue> Values, long? Budget, IReadOnlyList<SpecProblem> Problems);
