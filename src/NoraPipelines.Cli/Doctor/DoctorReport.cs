namespace NoraPipelines.Cli.Doctor;

/// <summary>What `doctor` found: `doctor --json`.</summary>
/// <param name="Backend">cpu, cuda or system, as the program was built.</param>
/// <param name="Libtorch">Its version, or null where it does not load.</param>
/// <param name="Device">Where runs would compute; null where libtorch does not load, or there is no such device.</param>
/// <param name="Native">Whether TorchSharp's own library loads.</param>
/// <param name="Memory">Bytes that a process may use.</param>
internal sealed record DoctorReport(
    string Backend, string? Libtorch, string? Device, bool Native, long Memory, IReadOnlyList<DoctorCheck> Checks);

/// <summary>One thing that a run needs.</summary>
/// <param name="Detail">What was found; where it is not well, also what to do.</param>
internal sealed record DoctorCheck(string Name, bool Ok, string Detail);
