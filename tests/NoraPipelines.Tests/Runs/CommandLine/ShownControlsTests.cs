using NoraPipelines.Cli.CommandLine;
using NoraPipelines.Cli.Terminal;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Tokenization;
using Spectre.Console;

namespace NoraPipelines.Tests.Runs.CommandLine;

/// <summary>What others wrote (data, names, answers) cannot steer the terminal.</summary>
public class ShownControlsTests
{
    private const string Hostile = "x \u001b[31mred\u001b]0;title\u0007 end";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_that_a_view_draws_sends_what_a_text_holds(bool terminal)
    {
        using var written = new StringWriter();
        var view = new RunView(written, terminal, colors: terminal);

        view.Heading(Hostile);
        view.Say(Hostile);
        view.Warn(Hostile);
        view.Progress(Hostile);
        view.Overwrite(Hostile);
        view.Show(new Table().AddColumn("a").AddRow(new Text(Hostile)));
        view.Show(new Markup($"[red]{Markup.Escape(Hostile)}[/]"));

        Assert.DoesNotContain("\u001b[31mred", written.ToString());
        Assert.DoesNotContain('\u0007', written.ToString());
        Assert.Equal(7, written.ToString().Split("\\u001B[31mred").Length - 1);
    }

    [Fact]
    public void A_failure_shows_what_a_name_holds()
    {
        using var command = new CommandRun(new FakePipeline());

        Assert.NotEqual(0, command.Run("run", "\u001b[2Jtiny"));
        Assert.Contains("\\u001B[2Jtiny", command.Error);
        Assert.DoesNotContain('\u001b', command.Error);

        Assert.NotEqual(0, command.Run("run", new string('x', 100_000)));
        Assert.InRange(command.Error.Length, 50, 2_000);
    }

    [Fact]
    public void An_answer_shows_control_characters_and_keeps_line_breaks()
    {
        using var folder = new TemporaryFolder();
        BpeTrainer.Train(["the cat sat"], 260, folder["tokenizer.json"]);
        var tokenizer = TextTokenizer.Load(folder["tokenizer.json"]);
        using var written = new StringWriter { NewLine = "\n" };
        var live = new LiveAnswer(written, tokenizer, []);

        foreach (var id in tokenizer.Encode("a\r\n\u001b[2Jb\rc\td", addSpecialTokens: false)) live.Push(id);
        live.Finish();

        Assert.Equal("a\r\n\\u001B[2Jb\\u000Dc\td\n", written.ToString());
    }
}
