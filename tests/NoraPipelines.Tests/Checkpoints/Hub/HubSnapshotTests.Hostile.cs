using NoraPipelines.Checkpoints.Hub;

namespace NoraPipelines.Tests.Checkpoints.Hub;

/// <summary>A hub that asks for time, takes its time, or lies.</summary>
public sealed partial class HubSnapshotTests
{
    private readonly List<TimeSpan> _waits = [];
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private HubOptions Timed => Options with
    {
        Now = () => _now,
        Wait = (time, _) =>
        {
            _waits.Add(time);
            _now += time;
            return Task.CompletedTask;
        },
    };

    [Theory]
    [InlineData("30")]
    [InlineData("Thu, 01 Jan 2026 00:00:30 GMT")]
    public void The_time_that_the_hub_names_is_waited_for_and_told(string after)
    {
        var refusals = 2;
        _server.Misbehave = request => refusals-- > 0 && request.Send(429, "Too Many Requests", $"Retry-After: {(refusals == 1 ? after : "7")}\r\n", []);

        HubSnapshot.Model(Repository, Timed, _progress);

        Assert.Equal([30, 7], _waits.Select(wait => wait.TotalSeconds));
        Assert.Contains(_progress.Said, said => said.Contains("the hub answers 429 Too Many Requests") && said.EndsWith("Waiting 30 seconds, as it asks."));
    }

    [Fact]
    public void A_pause_before_another_try_is_told_where_it_is_seconds_long()
    {
        var refusals = 3;
        _server.Misbehave = request => refusals-- > 0 && request.Send(503, "Busy", "", []);

        HubSnapshot.Model(Repository, Timed with { FirstPause = TimeSpan.FromSeconds(1) }, _progress);

        Assert.Equal([1, 2, 4], _waits.Select(wait => wait.TotalSeconds));
        Assert.Equal(["2", "4"], _progress.Said.Where(said => said.Contains("503 Busy. ")).Select(said => said.Split(' ')[^2]));
    }

    [Theory]
    [InlineData("86400", 0)]
    [InlineData("300", 2)]
    [InlineData("99999999999999999999", 0)] // more than any number holds
    public void A_time_beyond_minutes_is_not_waited_for(string after, int waits)
    {
        _server.Misbehave = request => request.Send(503, "Busy", $"Retry-After: {after}\r\n", []);

        var message = Assert.Throws<HubException>(() => HubSnapshot.Model(Repository, Timed, _progress)).Message;

        Assert.Contains("more than the 10 minutes in all", message);
        Assert.Equal(waits, _waits.Count);
    }

    [Fact]
    public void A_hub_that_is_slow_to_answer_is_told_of_while_it_is_waited_for()
    {
        _server.Misbehave = _ => !SpinWait.SpinUntil(() => _progress.Said.Count > 0, TimeSpan.FromMinutes(1)); // it answers once somebody was told

        HubSnapshot.Model(Repository, Options with { TellAfter = TimeSpan.Zero, Silence = TimeSpan.FromMinutes(1) }, _progress);

        Assert.Contains("has not answered yet. Waiting up to 60 seconds for it.", _progress.Said[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_download_that_never_gets_on_is_given_up()
    {
        var options = Options with { Now = () => _now += TimeSpan.FromMinutes(4) };
        _server.Misbehave = request => request.Path.EndsWith(Weights, StringComparison.Ordinal) && request.Send(200, "OK", "", _content[..10], claimed: _content.Length);

        // By this clock every file takes minutes; which one is given up first is the scheduler's choice.
        Assert.Matches("the server sent \\d+ bytes in \\d+ seconds, expected 1,024 a second or more", Assert.Throws<HubException>(() => HubSnapshot.Model(Repository, options, _progress)).Message);
    }

    [Fact]
    public void A_body_that_was_compressed_is_told_at_the_first_try()
    {
        _server.Misbehave = request => request.Path.EndsWith(Weights, StringComparison.Ordinal) && request.Send(200, "OK", "Content-Encoding: gzip\r\n", _content);

        Assert.Contains("the answer is compressed (Content-Encoding: gzip)", Refused().Message);
        Assert.Equal(1, _server.Count(Weights));
    }

    [Fact]
    public void Sizes_beyond_any_disk_are_told_as_sizes()
    {
        _server.Lies["config.json"] = (1L << 62, new string('a', 40));
        _server.Lies["tokenizer.json"] = (1L << 62, new string('b', 40));

        Assert.Contains("9,223,372,036,854,775,808 bytes are to be loaded", Refused().Message);
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_no_answer_of_a_hub()
    {
        _server.TreeEntries.Add($$"""{ "type": "file", "path": "a\ud800", "oid": "{{new string('a', 40)}}", "size": 1 }""");

        Assert.Contains("does not speak as the hub does", Refused().Message);
    }

    [Theory]
    [InlineData("</api/models/tiny/llama/tree/0123456789abcdef0123456789abcdef01234567?recursive=true&expand=false>; rel=\"next\"", "lead back to one that was read")]
    [InlineData("</etc/passwd>; rel=\"next\"", "a next page of something else")]
    [InlineData("<http://[>; rel=\"next\"", "a next page that is no address")]
    public void A_next_page_that_is_none_is_refused(string link, string expected)
    {
        _server.Misbehave = request => request.Path.Contains("/tree/") && request.Send(200, "OK", $"Link: {link}\r\n", "[]"u8.ToArray());

        Assert.Contains(expected, Refused().Message);
    }

    [Fact]
    public void What_is_loaded_goes_through_no_link()
    {
        var victim = Path.Combine(_home.FullName, "victim");
        File.WriteAllText(victim, "VICTIM");
        Directory.CreateDirectory(Path.GetDirectoryName(Partial)!);
        File.CreateSymbolicLink(Partial, victim);

        Assert.Equal(_content, File.ReadAllBytes(Path.Combine(Model(), Weights)));

        Assert.Equal("VICTIM", File.ReadAllText(victim));
    }

    [Theory]
    [InlineData("blobs")]
    [InlineData("snapshots")]
    [InlineData("refs")]
    [InlineData("")]
    public void A_folder_of_the_cache_that_is_a_link_is_not_written_through(string name)
    {
        var victim = Directory.CreateDirectory(Path.Combine(_home.FullName, "victim"));
        var repository = Path.GetDirectoryName(Path.GetDirectoryName(Partial)!)!;
        var folder = Path.TrimEndingDirectorySeparator(Path.Combine(repository, name));
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        Directory.CreateSymbolicLink(folder, victim.FullName);

        Assert.Contains($"{folder}: is a link to {victim.FullName}", Refused().Message);
        Assert.Empty(victim.EnumerateFileSystemInfos());
    }
}
