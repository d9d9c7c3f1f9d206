using NoraPipelines.Interop;
using TorchSharp;

namespace NoraPipelines.Runs;

/// <summary>Where a program computes.</summary>
/// <param name="Source">What decided it, as a message names it: --device, the environment variable NORA_DEVICE, or auto.</param>
internal sealed record ChosenDevice(torch.Device Device, string Source)
{
    /// <summary>cpu or cuda: what a run that goes on must have again.</summary>
    public string Kind => Device.type.ToString().ToLowerInvariant();

    /// <summary>As it is sold; null for a CPU, and where no driver tells.</summary>
    public string? CardName => Device.type == DeviceType.CUDA ? CudaDriver.Find()?.Name(Device.index) : null;

    /// <summary>A sentence about a device that somebody asked for, or that is a card; null for the CPU of a machine where nothing was said.</summary>
    public string? Told => Device.type == DeviceType.CPU && Source == Devices.Auto ? null : $"Computes on {Device} ({Source}).";
}
