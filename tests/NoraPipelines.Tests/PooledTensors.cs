using System.Runtime.CompilerServices;
using NoraPipelines.Interop;

namespace NoraPipelines.Tests;

/// <summary>Tests run on the memory that programs run on.</summary>
internal static class PooledTensors
{
    [ModuleInitializer]
    internal static void Install() => TensorMemory.Install();
}
