using TorchSharp;
using static TorchSharp.torch;

namespace NoraPipelines;

/// <summary>
/// Where the computer waits for a device, to read a number from it. All of training, calibration and evaluation reads through here, so that tests can
/// count: a training step reads its loss, its norm, and what its method reports. A tensor on the device meta has no numbers; it reads as ones.
/// </summary>
internal static class DeviceRead
{
    [ThreadStatic] private static int _count;

    /// <summary>Reads of this thread so far.</summary>
    public static int Count => _count;

    /// <param name="scalar">Of one element, any number's dtype.</param>
    public static double Number(Tensor scalar)
    {
        _count++;
        if (scalar.device_type == DeviceType.META) return 1;
        using var wide = scalar.detach().to(ScalarType.Float64);
        return wide.item<double>();
    }

    /// <param name="scalar">Of one element, bool.</param>
    public static bool IsTrue(Tensor scalar)
    {
        _count++;
        return scalar.device_type == DeviceType.META || scalar.item<bool>();
    }

    /// <summary>All elements, row after row; on meta the type's default.</summary>
    /// <typeparam name="T">That of the tensor's dtype.</typeparam>
    public static T[] Values<T>(Tensor tensor)
        where T : unmanaged
    {
        _count++;
        if (tensor.device_type == DeviceType.META) return new T[tensor.numel()];
        using var here = tensor.detach().cpu();
        return here.data<T>().ToArray();
    }

    /// <summary>A copy in the computer's memory; on meta a copy there.</summary>
    public static Tensor Copy(Tensor tensor)
    {
        _count++;
        return tensor.device_type is DeviceType.META or DeviceType.CPU ? tensor.clone() : tensor.cpu();
    }
}
