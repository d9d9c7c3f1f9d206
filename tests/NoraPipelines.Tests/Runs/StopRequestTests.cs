using NoraPipelines.Runs;

namespace NoraPipelines.Tests.Runs;

public sealed class StopRequestTests
{
    [Fact]
    public void A_signal_ends_at_once_with_the_sentence_of_where_the_process_is()
    {
        List<string> said = [];
        using var stop = new StopRequest(said.Add);
        stop.Request();
        using (stop.Saying(static () => "in a run"))
        {
            using (stop.Saying(static () => "in its part")) stop.Request();
            stop.Request();
        }
        stop.Request();
        Assert.Equal(["Stopped; nothing was begun.", "in its part", "in a run", "Stopped; nothing was begun."], said);
        Assert.False(stop.Token.IsCancellationRequested);
    }

    [Fact]
    public void While_somebody_heeds_it_the_first_is_a_request_and_the_second_ends()
    {
        List<string> said = [];
        using var stop = new StopRequest(said.Add) { Asked = () => said.Add("asked") };
        using (stop.Heed())
        {
            stop.Request();
            Assert.True(stop.Token.IsCancellationRequested);
            stop.Request();
        }
        Assert.Equal(["asked", "Stopped; nothing was begun."], said);
    }
}
