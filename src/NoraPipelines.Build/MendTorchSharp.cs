using Microsoft.Build.Framework;

namespace NoraPipelines.Build;

/// <summary>What TorchSharp's files in an output folder need: see <see cref="ArgumentLifetimes"/> and <see cref="NativeCompatibility"/>.</summary>
public sealed class MendTorchSharp : ITask
{
    public IBuildEngine BuildEngine { get; set; } = null!; // MSBuild sets it before Execute

    public ITaskHost? HostObject { get; set; }

    /// <summary>Copies of TorchSharp.dll.</summary>
    public ITaskItem[] Assemblies { get; set; } = [];

    /// <summary>Copies of libLibTorchSharp.so.</summary>
    public ITaskItem[] Libraries { get; set; } = [];

    /// <summary>For a published program, which may run on an older system than this.</summary>
    public bool EvenIfHostIsNewEnough { get; set; }

    public bool Execute()
    {
        try
        {
            foreach (var assembly in Assemblies)
            {
                if (ArgumentLifetimes.LastUntilReturn(assembly.ItemSpec)) Say($"{assembly.ItemSpec}: arguments of its methods now live until they return.");
            }
            if (Libraries.Length == 0 || (!EvenIfHostIsNewEnough && NativeCompatibility.HostDefines() != false)) return true;
            foreach (var library in Libraries)
            {
                if (NativeCompatibility.MakeVersionWeak(library.ItemSpec))
                    Say($"{library.ItemSpec}: {NativeCompatibility.Version} is now a weak requirement (this system's libstdc++ is older).");
            }
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            BuildEngine.LogErrorEvent(new BuildErrorEventArgs("", "", "", 0, 0, 0, 0, $"TorchSharp could not be patched: {problem.Message}", "", nameof(MendTorchSharp)));
            return false;
        }
    }

    private void Say(string message) =>
        BuildEngine.LogMessageEvent(new BuildMessageEventArgs(message, "", nameof(MendTorchSharp), MessageImportance.Normal));
}
