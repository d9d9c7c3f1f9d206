using NoraPipelines.Checkpoints;
using static TorchSharp.torch;

namespace NoraPipelines.Tests;

/// <summary>
/// Where the tests of the trait <see cref="Trait"/> compute: on the CPU, or on what NORA_TEST_DEVICE names, such as cuda. tests/gpu runs them on a GPU.
/// </summary>
internal static class TestDevice
{
    public const string Trait = "Device";
    public const string Any = "any";

    /// <summary>Absolute and relative difference that another device's order of sums may make in float32.</summary>
    public const double OtherDevice = 1e-4;

    public static Device Here { get; } = device(Environment.GetEnvironmentVariable("NORA_TEST_DEVICE") is { Length: > 0 } name ? name : "cpu");

    public static bool IsCpu => Here.type == TorchSharp.DeviceType.CPU;

    /// <summary>The tensor of a file, on this device.</summary>
    public static Tensor ReadHere(this SafetensorsFile file, string name) => file.Read(name, device: Here);
}
