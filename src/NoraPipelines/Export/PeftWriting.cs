using NoraPipelines.Models;
using NoraPipelines.Plans;

namespace NoraPipelines.Export;

/// <summary>What a config of a method's own form is written from.</summary>
/// <param name="Plan">Of the form's method.</param>
/// <param name="Adapters">Made from the plan.</param>
/// <param name="Steps">Of the training; null: not known.</param>
internal sealed record PeftWriting(AdapterPlan Plan, AdapterSet Adapters, int? Steps);
