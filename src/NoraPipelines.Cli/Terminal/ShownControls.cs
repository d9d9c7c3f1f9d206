using NoraPipelines.Plans;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace NoraPipelines.Cli.Terminal;

/// <summary>Stands before all that a console draws: control characters in texts are shown, those of the drawing itself are sent.</summary>
internal sealed class ShownControls : IRenderHook
{
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) =>
        renderables.Select(static renderable => new Shown(renderable));

    private sealed class Shown(IRenderable drawn) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => drawn.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => drawn.Render(options, maxWidth)
            .Select(static segment => segment.IsControlCode || segment.IsLineBreak ? segment : new Segment(ShownText.Of(segment.Text), segment.Style));
    }
}
