using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines;

/// <summary>
/// torch's random generators. The computer's serves all that must not depend on the device: starts, orders of rows, seeds. A GPU draws its dropout
/// from a generator of its own, which torch.manual_seed of TorchSharp leaves alone. All cards are seeded: cuda.manual_seed means the thread's current
/// one, which is the first, whatever card the tensors are on.
/// </summary>
internal static class DeviceRandom
{
    /// <summary>What is drawn next on the computer, and on <paramref name="device"/>, is a function of the seed.</summary>
    public static void Seed(long seed, Device device)
    {
        manual_seed(seed);
        if (device.type == DeviceType.CUDA) cuda.manual_seed_all(seed);
    }

    /// <summary>
    /// Has a GPU's generator go on from a draw of the computer's; on a CPU there is one generator alone. Recomputed layers leave the GPU's
    /// elsewhere than one pass does, so each forward pass that drops out begins with this.
    /// </summary>
    public static void Follow(Device device)
    {
        if (device.type == DeviceType.CUDA) cuda.manual_seed_all(randint(long.MaxValue, [1]).item<long>());
    }
}
