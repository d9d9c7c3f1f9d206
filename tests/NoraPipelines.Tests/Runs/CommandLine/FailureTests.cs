using NoraPipelines.Chat;
using NoraPipelines.Checkpoints;
using NoraPipelines.Cli;
using NoraPipelines.Cli.CommandLine;
using NoraPipelines.Runs;
using NoraPipelines.Tokenization;

namespace NoraPipelines.Tests.Runs.CommandLine;

public sealed class FailureTests
{
    private static readonly HostEnvironment Host = new()
    {
        Output = TextWriter.Null,
        Error = TextWriter.Null,
        CurrentDirectory = "/",
        Variables = new Dictionary<string, string>(),
    };

    public static TheoryData<Exception, int> Problems => new()
    {
        { new NoraException("what to do"), NoraCommandLine.Failed },
        { new CheckpointException("what to do"), NoraCommandLine.Failed },
        { new TokenizerException("what to do"), NoraCommandLine.Failed },
        { new ChatTemplateException("what to do"), NoraCommandLine.Failed },
        { new UsageException("what to do"), NoraCommandLine.WrongUsage },
    };

    [Theory]
    [MemberData(nameof(Problems))]
    public void A_problem_for_the_user_is_told_in_its_own_words(Exception problem, int code) =>
        Assert.Equal((code, "what to do"), Failure.Explain(problem, Host));

    [Fact]
    public void Anything_else_is_a_defect_of_the_program() =>
        Assert.Contains("Unexpected InvalidTimeZoneException", Failure.Explain(new InvalidTimeZoneException("?"), Host).Message);
}
