using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace NoraPipelines.Generator.Tests.Documentation;

/// <summary>The program of docs/by-hand.md compiles as it stands.</summary>
public class ByHandTests
{
    private const string Opening = "```csharp\n";

    [Fact]
    public void The_program_compiles()
    {
        var page = File.ReadAllText(Repository.Path("docs", "by-hand.md"));
        var code = page[(page.IndexOf(Opening, StringComparison.Ordinal) + Opening.Length)..].Split("```\n")[0];
        var compilation = CSharpCompilation.Create("ByHand", [CSharpSyntaxTree.ParseText(code), CSharpSyntaxTree.ParseText("global using System;")], References.All,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        Assert.Equal([], compilation.GetDiagnostics().Where(problem => problem.Severity >= DiagnosticSeverity.Warning).Select(GeneratorRun.Show));
    }
}
