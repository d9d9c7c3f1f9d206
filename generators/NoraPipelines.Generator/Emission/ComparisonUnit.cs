using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>All that the emitter needs for the class of a sweep.</summary>
/// <param name="Failed">Whether the spec has errors, so that only a stub of it is written.</param>
internal sealed record ComparisonUnit(
    string Name, string Description, string ClassName, string Namespace, string SpecPath, EquatableArray<ComparedVariant> Variants, bool Failed);

/// <summary>A variant as the class of its sweep lists it.</summary>
internal sealed record ComparedVariant(string Name, string ClassName, EquatableArray<SweptValue> Values);

/// <summary>A key whose value a variant changes, and that value, in the spec's words.</summary>
internal sealed record SweptValue(string Key, string Value);
