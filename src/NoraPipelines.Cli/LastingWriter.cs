using System.Text;

namespace NoraPipelines.Cli;

/// <summary>
/// A standard stream that may be closed or on a full disk: the first refusal is told once and kept, and what is written from then on is
/// dropped, so that a training of days does not end because its narrative cannot be written. Every write is flushed by the stream below.
/// </summary>
/// <param name="name">stdout, for the message.</param>
/// <param name="tell">Gets the message.</param>
internal sealed class LastingWriter(TextWriter inner, string name, Action<string> tell) : TextWriter
{
    /// <summary>Why nothing is written any more; null where it is.</summary>
    public Exception? Problem { get; private set; }

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override void Flush() => Try(inner.Flush);

    private void Try(Action write)
    {
        if (Problem is not null) return;
        try
        {
            write();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            Problem = refused;
            Tell(refused);
        }
    }

    private void Tell(Exception refused)
    {
        try
        {
            tell($"{name} cannot be written any more ({refused.Message}) Nothing more is told there; a run goes on, and its folder has its results.");
        }
        catch (Exception silent) when (silent is IOException or UnauthorizedAccessException)
        {
            // Then nobody can be told.
        }
    }
}
