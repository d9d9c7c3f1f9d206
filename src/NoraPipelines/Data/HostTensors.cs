using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Data;

/// <summary>Brings what was made in the computer's memory to where it is computed with.</summary>
public static class HostTensors
{
    /// <summary>
    /// The tensor on a device; on the CPU it is the same one, elsewhere a copy, and <paramref name="made"/> is disposed. To a card it goes from pinned
    /// memory: the copy waits its turn behind what the card has to do, and nobody waits for it.
    /// </summary>
    /// <param name="made">On the CPU, any shape and dtype.</param>
    public static Tensor On(this Tensor made, Device device)
    {
        if (device.type == DeviceType.CPU) return made;
        using (made)
        {
            if (device.type != DeviceType.CUDA) return made.to(device);
            using var pinned = made.pin_memory(); // libtorch keeps its memory until the copy is done
            return pinned.to(device, non_blocking: true);
        }
    }
}
