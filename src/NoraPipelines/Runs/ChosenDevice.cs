using NoraPipelines.Interop;
using TorchSharp;

namespace NoraPipelines.Runs;

/// <summary>Where a program computes.</summary>
/// <param name="Card">Number of the card as libtorch counts them; null: the CPU.</param>
/// <param name="Source">What decided it, as a message names it: --device, the environment variable NORA_DEVICE, or auto.</param>
internal sealed record ChosenDevice(int? Card, string Source)
{
    /// <summary>cpu or cuda: what a run that goes on must have again.</summary>
    public string Kind => Card is null ? Devices.Cpu : Devices.Cuda;

    /// <summary>cpu or cuda:N.</summary>
    public string Name => Card is { } card ? $"{Kind}:{card}" : Kind;

    public torch.Device Device => Card is { } card ? torch.device(Kind, card) : torch.CPU;

    /// <summary>The card as it is sold; null for a CPU, and where no driver tells.</summary>
    public string? CardName => Card is { } card ? CudaDriver.Find()?.Name(card) : null;

    /// <summary>Memory of the card, whoever uses it; null for a CPU, and where no driver tells.</summary>
    public CardMemory? Memory => Card is { } card ? CudaDriver.Find()?.Memory(card) : null;

    /// <summary>A sentence about a device that somebody asked for, or that is a card; null for the CPU of a machine where nothing was said.</summary>
    public string? Told => Card is null && Source == Devices.Auto ? null : $"Computes on {Name} ({Source}).";
}
