using System.Globalization;

namespace NoraPipelines.Models;

/// <summary>Counts what trains on the tensors themselves, so that no formula is reported as a fact.</summary>
internal static class TrainableParameters
{
    /// <summary>Elements of the tensors that need a gradient.</summary>
    public static long Count(IEnumerable<NamedTensor> tensors) => tensors.Where(tensor => tensor.Value.requires_grad).Sum(tensor => tensor.Value.numel());

    /// <param name="what">What was counted, for the message.</param>
    /// <exception cref="NoraException">The numbers differ.</exception>
    public static void Expect(long found, long expected, string what)
    {
        if (found == expected) return;
        throw new NoraException(string.Create(CultureInfo.InvariantCulture, $"{found:N0} parameters of {what} train, expected {expected:N0} as planned. ")
            + "Either the model is of another shape than the plan's: give it the checkpoint that the spec names, or set model.accept_other_shapes. "
            + "Or the program was built with another version of the library: build it again.");
    }
}
