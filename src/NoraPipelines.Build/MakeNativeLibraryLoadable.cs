using Microsoft.Build.Framework;

namespace NoraPipelines.Build;

/// <summary>Makes copies of libLibTorchSharp.so loadable where the host's libstdc++ lacks the version; see <see cref="NativeCompatibility"/>.</summary>
public sealed class MakeNativeLibraryLoadable : ITask
{
    public IBuildEngine BuildEngine { get; set; } = null!; // MSBuild sets it before Execute

    public ITaskHost? HostObject { get; set; }

    [Required]
    public ITaskItem[] Libraries { get; set; } = [];

    /// <summary>For a published program, which may run on an older system than this.</summary>
    public bool EvenIfHostIsNewEnough { get; set; }

    public bool Execute()
    {
        try
        {
            if (!EvenIfHostIsNewEnough && NativeCompatibility.HostDefines() != false) return true;
            foreach (var library in Libraries)
            {
                if (!NativeCompatibility.MakeVersionWeak(library.ItemSpec)) continue;
                var message = $"{library.ItemSpec}: {NativeCompatibility.Version} is now a weak requirement (this system's libstdc++ is older).";
                BuildEngine.LogMessageEvent(new BuildMessageEventArgs(message, "", nameof(MakeNativeLibraryLoadable), MessageImportance.Normal));
            }
            return true;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            BuildEngine.LogErrorEvent(new BuildErrorEventArgs("", "", "", 0, 0, 0, 0,
                $"The native library could not be made loadable: {problem.Message}", "", nameof(MakeNativeLibraryLoadable)));
            return false;
        }
    }
}
