using NoraPipelines.Generator.Diagnostics;
using NoraPipelines.Generator.Planning;
using NoraPipelines.Plans;

namespace NoraPipelines.Generator.Emission;

/// <summary>A generated file.</summary>
internal sealed record GeneratedFile(string Name, string Text);

/// <summary>The files of one spec.</summary>
/// <param name="Failure">Set where emission failed; the stub then stands in for the program.</param>
internal sealed record GeneratedProgram(EquatableArray<GeneratedFile> Files, FileProblems? Failure)
{
    public static GeneratedProgram Emit(string specFile, PipelineStub stub, PipelineUnit? unit)
    {
        try
        {
            return new GeneratedProgram(unit is null ? Stub(stub) : Program(stub, unit), null);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return new GeneratedProgram(Stub(stub), new FileProblems(specFile, EquatableArray.Of(Planner.Failure(error))));
        }
    }

    private static EquatableArray<GeneratedFile> Stub(PipelineStub stub) =>
        EquatableArray.Of(new GeneratedFile(stub.FileStem + ".g.cs", StubEmitter.Emit(stub)));

    private static EquatableArray<GeneratedFile> Program(PipelineStub stub, PipelineUnit unit) => EquatableArray.Of(
        new GeneratedFile(stub.FileStem + ".g.cs", ProgramEmitter.Emit(unit)),
        new GeneratedFile(stub.FileStem + ".Plan.g.cs", ProgramEmitter.EmitPlan(unit)));
}
