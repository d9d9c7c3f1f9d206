namespace NoraPipelines.Cli.Terminal;

/// <summary>A run among others: how far it is and what it warns of, each line with the run's name; its narrative stays untold.</summary>
internal sealed class QuietView(TextWriter writer, bool terminal, bool colors, string name) : RunView(writer, terminal, colors)
{
    public override void Heading(string text)
    {
    }

    public override void Say(string text)
    {
    }

    public override void Show(Spectre.Console.Rendering.IRenderable renderable)
    {
    }

    public override void Progress(string text) => base.Say($"{name}: {text}");

    public override void Warn(string text) => base.Warn($"{name}: {text}");
}
