using System.Globalization;
using NoraPipelines.Plans;
using NoraPipelines.Runs.Settings;
using TorchSharp;

namespace NoraPipelines.Runs;

/// <summary>
/// Where a program computes, decided in this one place: what --device says, else NORA_DEVICE, else auto, a card where the backend has one. Of
/// several processes on one machine each takes the card of its number, LOCAL_RANK.
/// </summary>
internal static class Devices
{
    public const string Option = "--device", Variable = "NORA_DEVICE", LocalRank = "LOCAL_RANK";
    public const string Auto = "auto", Cpu = "cpu", Cuda = "cuda";
    private const string CardPrefix = Cuda + ":";

    public const string Expected = "cpu, cuda:N (the N-th card, counted from 0), cuda (the card of LOCAL_RANK, else the first) or auto (cuda where there is a card, else cpu)";

    public static string Backend(Pipeline? pipeline) => PlannedPaths.Metadata(pipeline, "NoraPipelines.Backend") ?? Cpu;

    /// <param name="backend">cpu, cuda or system, as the program was built.</param>
    /// <param name="typed">What --device says; null: it was not given.</param>
    /// <param name="variables">The environment.</param>
    /// <param name="cards">Counts the cards that libtorch sees; null: libtorch is asked. Called only where the backend may have one.</param>
    /// <exception cref="UsageException">What was given is no device.</exception>
    /// <exception cref="NoraException">This machine or this build has no such device, or LOCAL_RANK is no number.</exception>
    public static ChosenDevice Choose(string backend, string? typed, IReadOnlyDictionary<string, string> variables, Func<int>? cards = null)
    {
        var (asked, source) = Asked(typed, variables);
        if (asked == Cpu) return new ChosenDevice(null, source);
        var found = backend == Cpu ? 0 : (cards ?? Cards)();
        if (asked == Auto && found == 0) return new ChosenDevice(null, source);
        var rank = asked is Auto or Cuda ? Rank(variables) : null;
        var index = rank ?? (asked.StartsWith(CardPrefix, StringComparison.Ordinal) ? Number(asked[CardPrefix.Length..])!.Value : 0);
        if (index < found) return new ChosenDevice(index, rank is null ? source : $"{source}, {LocalRank}={rank}");

        var wanted = rank is null ? $"{Capital(source)} is '{asked}'" : $"{LocalRank} is {rank} and {source} asks for the card of that number";
        if (backend == Cpu)
            throw new NoraException($"{wanted}, and this program was built for the CPU alone. Expected {Cpu}; for a card build it with -p:NoraBackend=cuda, or system.");
        throw new NoraException(found == 0
            ? $"{wanted}, and libtorch sees no CUDA device. Expected {Cpu}; for a card look at nvidia-smi and CUDA_VISIBLE_DEVICES, and at what doctor says."
            : $"{wanted}, and libtorch sees {found} CUDA device{(found == 1 ? "" : "s")}. Expected "
                + $"{(found == 1 ? CardPrefix + "0" : $"{CardPrefix}0 to {CardPrefix}{found - 1}")}; name one with {Option}, or let CUDA_VISIBLE_DEVICES show more.");
    }

    private static (string Asked, string Source) Asked(string? typed, IReadOnlyDictionary<string, string> variables)
    {
        var set = variables.GetValueOrDefault(Variable);
        var (asked, source) = typed is not null ? (typed, Option) : set is not null ? (set, $"the environment variable {Variable}") : (Auto, Auto);
        if (asked is Auto or Cpu or Cuda || (asked.StartsWith(CardPrefix, StringComparison.Ordinal) && Number(asked[CardPrefix.Length..]) is not null)) return (asked, source);
        throw new UsageException($"{Capital(source)} is '{SettingText.Shown(asked)}'{(asked.StartsWith("gpu", StringComparison.OrdinalIgnoreCase) ? $" (did you mean '{Cuda}'?)" : DidYouMean.Hint(asked, [Cpu, Cuda, Auto, CardPrefix + "0"]))}. Expected {Expected}.");
    }

    private static string Capital(string source) => char.ToUpperInvariant(source[0]) + source[1..];

    private static int? Rank(IReadOnlyDictionary<string, string> variables)
    {
        if (variables.GetValueOrDefault(LocalRank) is not { } text) return null;
        return Number(text) ?? throw new NoraException($"The environment variable {LocalRank} is '{SettingText.Shown(text)}'. Expected this process's number on this machine, "
            + $"a whole number from 0; unset it where one process computes alone, or name the card with {Option}.");
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static int Cards() => torch.cuda.is_available() ? torch.cuda.device_count() : 0;
}
