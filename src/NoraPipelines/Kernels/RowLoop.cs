using System.Runtime.InteropServices;

namespace NoraPipelines.Kernels;

/// <summary>
/// Rows shared out among libtorch's own threads (those of its OpenMP library): threads of another pool would fight with them for the cores,
/// because they spin for a while after each operator. Where the library is missing, .NET's thread pool is used.
/// </summary>
internal static unsafe class RowLoop
{
    // As libtorch's own grain: below it one thread is faster.
    private const long Grain = 32768;

    private static readonly Lazy<OpenMp?> Threads = new(OpenMp.Find);

    /// <summary>Whether the threads are libtorch's own.</summary>
    internal static bool OnLibtorchThreads => Threads.Value is not null;

    /// <summary>
    /// Calls <paramref name="body"/> for parts of 0 … rows − 1 that cover it. A row's result must not depend on how they are cut, and
    /// nothing may throw: there is no one above to catch it.
    /// </summary>
    /// <param name="values">Values in a row.</param>
    /// <param name="pool">Whether .NET's pool serves, whatever there is: for tests.</param>
    public static void Run<TBody>(long rows, long values, TBody body, bool pool = false)
        where TBody : unmanaged, IRowBody
    {
        if (rows <= 1 || rows * values < Grain)
        {
            body.Run(0, rows);
            return;
        }
        var job = new Job { Body = &RunPart<TBody>, State = &body, Rows = rows };
        if (!pool && Threads.Value is { } threads)
        {
            job.Thread = threads.Thread;
            job.Threads = threads.Threads;
            threads.Parallel(&OnThread, &job, 0, 0);
            return;
        }
        var (shared, parts) = ((nint)(&job), TorchSharp.torch.get_num_threads());
        Parallel.For(0, parts, part => ((Job*)shared)->RunPart(part, parts));
    }

    private static void RunPart<TBody>(void* body, long first, long end)
        where TBody : unmanaged, IRowBody => ((TBody*)body)->Run(first, end);

    [UnmanagedCallersOnly]
    private static void OnThread(void* data)
    {
        var job = (Job*)data;
        job->RunPart(job->Thread(), job->Threads());
    }

    private struct Job
    {
        public delegate*<void*, long, long, void> Body;
        public void* State;
        public long Rows;
        public delegate* unmanaged<int> Thread;
        public delegate* unmanaged<int> Threads;

        public readonly void RunPart(long part, long parts)
        {
            var (first, end) = (Rows * part / parts, Rows * (part + 1) / parts);
            if (first < end) Body(State, first, end);
        }
    }

    /// <summary>GNU OpenMP's entry points, as the compiler calls them for `#pragma omp parallel`.</summary>
    private sealed class OpenMp(nint library)
    {
        public readonly delegate* unmanaged<delegate* unmanaged<void*, void>, void*, uint, uint, void> Parallel =
            (delegate* unmanaged<delegate* unmanaged<void*, void>, void*, uint, uint, void>)NativeLibrary.GetExport(library, "GOMP_parallel");

        public readonly delegate* unmanaged<int> Thread = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, "omp_get_thread_num");

        public readonly delegate* unmanaged<int> Threads = (delegate* unmanaged<int>)NativeLibrary.GetExport(library, "omp_get_num_threads");

        /// <summary>That of the libtorch which is loaded: a look-up in a library looks into those that it was linked with.</summary>
        public static OpenMp? Find()
        {
            if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libtorch_cpu.so", out var library)) return null;
            try
            {
                return new OpenMp(library);
            }
            catch (EntryPointNotFoundException)
            {
                return null;
            }
        }
    }
}

/// <summary>Work on the rows first … end − 1.</summary>
internal interface IRowBody
{
    void Run(long first, long end);
}
