using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace NoraPipelines.Interop;

/// <summary>
/// PyTorch's execution trace observer (torch::profiler::impl, its own format "chakra"): every operator of the process with its inputs and outputs, as
/// JSON. libtorch has one such observer, so one trace is taken at a time; and it is taken away at the end, while which no other thread may be within an operator.
/// </summary>
internal static unsafe class ExecutionTrace
{
    private const string Space = "_ZN5torch8profiler4impl";

    private static readonly Lock Gate = new();

    /// <summary>Writes what <paramref name="work"/> runs on this thread to a file.</summary>
    /// <exception cref="NoraException">This libtorch has no such observer.</exception>
    public static void Record(string file, Action work)
    {
        using (zeros(1)) { } // libtorch is loaded with the first tensor
        if (LibtorchInterface.Find() is not { } library || !NativeLibrary.TryLoad("libtorch_cpu.so", out var native)
            || !TryFind(native, "25addExecutionTraceObserverERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE", out var add)
            || !TryFind(native, "28enableExecutionTraceObserverEv", out var enable)
            || !TryFind(native, "29disableExecutionTraceObserverEv", out var disable)
            || !TryFind(native, "28removeExecutionTraceObserverEv", out var remove))
        {
            throw new NoraException("A step cannot be traced here: libtorch_cpu.so exports no execution trace observer, expected one as in libtorch 2.10 on "
                + "Linux. Leave --dry-run out.");
        }
        lock (Gate)
        {
            using var quiet = new Quiet();
            var path = Encoding.UTF8.GetBytes(file);
            fixed (byte* bytes = path)
            {
                // std::string of libstdc++: address, length, and 16 bytes for its capacity. It is copied at once.
                var text = stackalloc nint[4] { (nint)bytes, path.Length, path.Length, 0 };
                if (((delegate* unmanaged<nint*, byte>)add)(text) == 0)
                    throw new NoraException($"A step cannot be traced into {file}; expected a file that can be written, and no other trace in this process.");
            }
            try
            {
                using var ranges = StepRange.Traced(library);
                ((delegate* unmanaged<void>)enable)();
                try
                {
                    work();
                }
                finally
                {
                    ((delegate* unmanaged<void>)disable)();
                }
            }
            finally
            {
                ((delegate* unmanaged<void>)remove)();
            }
        }
    }

    private static bool TryFind(nint native, string name, out nint address) => NativeLibrary.TryGetExport(native, Space + name, out address);

    /// <summary>libtorch's warnings, which the observer begins and ends with, are not written.</summary>
    private sealed class Quiet : IDisposable
    {
        private const int Errors = 2;

        private readonly int* _level;
        private readonly int _before;

        public Quiet()
        {
            if (!NativeLibrary.TryLoad("libc10.so", out var library) || !NativeLibrary.TryGetExport(library, "FLAGS_caffe2_log_level", out var level)) return;
            _level = (int*)level;
            (_before, *_level) = (*_level, Errors);
        }

        public void Dispose()
        {
            if (_level is not null) *_level = _before;
        }
    }
}
