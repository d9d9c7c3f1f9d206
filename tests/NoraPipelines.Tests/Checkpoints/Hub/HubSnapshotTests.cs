using System.Diagnostics;
using NoraPipelines.Checkpoints.Hub;

namespace NoraPipelines.Tests.Checkpoints.Hub;

public sealed partial class HubSnapshotTests : IDisposable
{
    private const string Weights = "model.safetensors";
    private static readonly HubRepository Repository = HubRepository.Model("tiny/llama");
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory();
    private readonly HubServer _server = new();
    private readonly RecordedProgress _progress = new();
    private readonly byte[] _content = new byte[300_000];

    public HubSnapshotTests()
    {
        new Random(1).NextBytes(_content);
        _server.Files["config.json"] = "{}"u8.ToArray();
        _server.Files["tokenizer.json"] = "{ \"a\": 1 }"u8.ToArray();
        _server.Files[Weights] = _content;
        _server.Files["README.md"] = "#"u8.ToArray();
        _server.Files["pytorch_model.bin"] = "pickle"u8.ToArray();
    }

    private HubOptions Options => new()
    {
        Endpoint = new Uri(_server.Address),
        CacheFolder = Path.Combine(_home.FullName, "hub"),
        FirstPause = TimeSpan.FromMilliseconds(5),
        Silence = TimeSpan.FromSeconds(2),
    };

    private string CacheFolder => Path.Combine(_home.FullName, "hub", "models--tiny--llama");

    private string Partial => Path.Combine(CacheFolder, "blobs", HubServer.Sha256(_content) + ".incomplete");

    [Fact]
    public void A_model_lies_in_the_cache_as_other_programs_lay_it_out()
    {
        var folder = Model();

        Assert.Equal(Path.Combine(CacheFolder, "snapshots", HubServer.Commit), folder);
        Assert.Equal(["config.json", Weights, "tokenizer.json"], Directory.GetFiles(folder).Select(Path.GetFileName).Order());
        Assert.Equal(_content, File.ReadAllBytes(Path.Combine(folder, Weights)));
        Assert.Equal(HubServer.Commit, File.ReadAllText(Path.Combine(CacheFolder, "refs", "main")));
        Assert.Equal($"../../blobs/{HubServer.Sha256(_content)}", new FileInfo(Path.Combine(folder, Weights)).LinkTarget);
        Assert.Equal($"../../blobs/{HubServer.GitSha1("{}"u8.ToArray())}", new FileInfo(Path.Combine(folder, "config.json")).LinkTarget);
        Assert.DoesNotContain(_server.Requests, request => request.Contains("pytorch_model") || request.Contains("README"));
    }

    [Fact]
    public void What_is_there_is_not_asked_for_again()
    {
        Model();
        var before = _server.Count("/resolve/");

        Model();

        Assert.Equal(before, _server.Count("/resolve/"));
    }

    [Fact]
    public void Connections_that_drop_are_taken_up_where_they_ended()
    {
        var asked = new List<int>();
        _server.Misbehave = request =>
        {
            if (!request.Path.EndsWith(Weights, StringComparison.Ordinal)) return false;
            lock (asked) asked.Add(request.RangeStart);
            var rest = _content[request.RangeStart..];
            return request.RangeStart == 0
                ? request.Send(200, "OK", "", rest[..Math.Min(70_000, rest.Length)], claimed: rest.Length)
                : request.Send(206, "Partial Content", $"Content-Range: bytes {request.RangeStart}-299999/300000\r\n", rest[..Math.Min(70_000, rest.Length)], claimed: rest.Length);
        };

        Assert.Equal(_content, File.ReadAllBytes(Path.Combine(Model(), Weights)));

        Assert.Equal(asked.Order(), asked);
        Assert.True(asked.Count >= 5 && asked[1] > 0, string.Join(' ', asked));
        Assert.Equal(_server.Files.Where(file => file.Key is not ("README.md" or "pytorch_model.bin")).Sum(file => file.Value.Length), _progress.Bytes);
    }

    [Fact]
    public void A_server_that_ignores_ranges_is_read_from_the_start_and_nothing_is_doubled()
    {
        var first = true;
        _server.Misbehave = request =>
        {
            if (!request.Path.EndsWith(Weights, StringComparison.Ordinal)) return false;
            if (!first) return request.Send(200, "OK", "", _content);
            first = false;
            return request.Send(200, "OK", "", _content[..1000], claimed: _content.Length);
        };

        Assert.Equal(_content, File.ReadAllBytes(Path.Combine(Model(), Weights)));
    }

    [Fact]
    public void A_range_that_is_refused_or_not_the_one_that_was_asked_for_is_not_believed()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Partial)!);
        File.WriteAllBytes(Partial, _content[..5000]);
        var tries = 0;
        _server.Misbehave = request =>
        {
            if (!request.Path.EndsWith(Weights, StringComparison.Ordinal)) return false;
            return tries++ switch
            {
                0 => request.Send(206, "Partial Content", "Content-Range: bytes 4000-299999/300000\r\n", _content[4000..]),
                1 => request.Send(416, "Range Not Satisfiable", "", []),
                _ => false,
            };
        };

        Assert.Equal(_content, File.ReadAllBytes(Path.Combine(Model(), Weights)));
        Assert.Equal(3, tries);
    }

    [Fact]
    public void A_partial_file_of_other_content_is_thrown_away_and_the_whole_is_loaded()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Partial)!);
        File.WriteAllBytes(Partial, new byte[5000]);

        Assert.Equal(_content, File.ReadAllBytes(Path.Combine(Model(), Weights)));
    }

    [Fact]
    public void Content_of_another_checksum_never_comes_into_the_cache()
    {
        var wrong = (byte[])_content.Clone();
        wrong[123456]++;
        _server.Misbehave = request => request.Path.EndsWith(Weights, StringComparison.Ordinal) && request.Send(200, "OK", "", wrong);

        Assert.Contains($"its checksum is {HubServer.Sha256(wrong)}, expected {HubServer.Sha256(_content)}", Refused().Message);

        Assert.False(File.Exists(Partial));
        Assert.False(File.Exists(Path.Combine(CacheFolder, "snapshots", HubServer.Commit, Weights)));
    }

    [Theory]
    [InlineData(100_000, "sends more than the 100,000 bytes")]
    [InlineData(400_000, "the connection ended after 300,000 of 400,000 bytes")]
    public void A_size_that_is_a_lie_is_found_out(int claimed, string expected)
    {
        _server.Lies[Weights] = (claimed, HubServer.Sha256(_content));

        Assert.Contains(expected, Refused().Message);
    }

    [Fact]
    public void Without_a_tree_the_headers_of_each_file_say_its_size_and_checksum()
    {
        _server.HasTree = false;

        Assert.Equal(_content, File.ReadAllBytes(Path.Combine(Model(), Weights)));
    }

    [Fact]
    public void The_token_goes_to_the_hub_and_not_to_where_it_redirects()
    {
        using var other = new HubServer();
        var tokens = new List<string?>();
        other.Misbehave = request =>
        {
            lock (tokens) tokens.Add(request.Headers.GetValueOrDefault("Authorization"));
            return request.Send(200, "OK", "", _content);
        };
        var atHub = new List<string?>();
        _server.Misbehave = request =>
        {
            lock (atHub) atHub.Add(request.Headers.GetValueOrDefault("Authorization"));
            return request.Path.EndsWith(Weights, StringComparison.Ordinal) && request.Send(302, "Found", $"Location: {other.Address}/cdn?signature=a%2Fb\r\n", []);
        };

        var folder = HubSnapshot.Model(Repository, Options with { Token = "hf_secret" }, _progress);

        Assert.Equal(_content, File.ReadAllBytes(Path.Combine(folder, Weights)));
        Assert.All(atHub, token => Assert.Equal("Bearer hf_secret", token));
        Assert.Equal([null], tokens);
        Assert.Equal(["GET /cdn?signature=a%2Fb HTTP/1.1"], other.Requests);
    }

    [Fact]
    public void Redirections_in_a_circle_end()
    {
        _server.Misbehave = request => request.Path.EndsWith("config.json", StringComparison.Ordinal) && request.Send(302, "Found", $"Location: {request.Path}\r\n", []);

        Assert.Contains("more than 10 times", Refused().Message);
    }

    [Fact]
    public void What_may_pass_is_tried_again()
    {
        var busy = 3;
        _server.Misbehave = request => busy-- > 0 && request.Send(503, "Busy", "", []);

        Model();

        Assert.Equal(-1, Math.Sign(busy));
    }

    [Fact]
    public void A_silent_connection_is_given_up()
    {
        var silent = true;
        _server.Misbehave = request =>
        {
            if (!silent || !request.Path.EndsWith(Weights, StringComparison.Ordinal)) return false;
            silent = false;
            request.Send(200, "OK", "", _content[..10], claimed: _content.Length);
            Thread.Sleep(3000);
            return true;
        };

        Assert.Equal(_content, File.ReadAllBytes(Path.Combine(Model(), Weights)));
    }

    [Fact]
    public void Without_a_network_the_cache_serves_what_is_whole()
    {
        var folder = Model();
        _server.Dispose();

        Assert.Equal(folder, Model());
        Assert.Contains("Using what is cached", Assert.Single(_progress.Said));
        Assert.Equal(folder, HubSnapshot.Model(Repository, Options with { Offline = true }, _progress));
        File.Delete(Path.Combine(folder, Weights));
        Assert.Contains("HF_HUB_OFFLINE forbids", Assert.Throws<HubException>(() => HubSnapshot.Model(Repository, Options with { Offline = true }, _progress)).Message);
    }

    [Fact]
    public void Offline_nothing_is_asked()
    {
        var message = Assert.Throws<HubException>(() => HubSnapshot.Model(Repository, Options with { Offline = true }, _progress)).Message;

        Assert.Contains("is not in the cache", message);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public void A_commit_that_is_cached_is_not_asked_for()
    {
        Model();
        var before = _server.Requests.Count;

        HubSnapshot.Model(HubRepository.Model("tiny/llama", HubServer.Commit), Options, _progress);

        Assert.Equal(before, _server.Requests.Count);
    }

    [Fact]
    public void Two_that_load_the_same_load_it_once()
    {
        Parallel.For(0, 4, _ => Model());

        Assert.Equal(1, _server.Count($"GET /tiny/llama/resolve/{HubServer.Commit}/{Weights}"));
    }

    [Fact]
    public void A_process_that_was_killed_while_loading_is_gone_on_with()
    {
        // The server stalls in the middle; the partial file is what a killed process leaves.
        using var killed = new CancellationTokenSource();
        _server.Misbehave = request =>
        {
            if (!request.Path.EndsWith(Weights, StringComparison.Ordinal)) return false;
            request.Send(200, "OK", "", _content[..150_000], claimed: _content.Length);
            var patience = Stopwatch.StartNew();
            while (!(File.Exists(Partial) && new FileInfo(Partial).Length >= 131_072) && patience.Elapsed < TimeSpan.FromSeconds(5)) Thread.Sleep(5);
            killed.Cancel();
            Thread.Sleep(200);
            return true;
        };
        Assert.ThrowsAny<OperationCanceledException>(() => HubSnapshot.Model(Repository, Options, _progress, killed.Token));
        var kept = (int)new FileInfo(Partial).Length;
        Assert.InRange(kept, 1, 150_000);

        var asked = 0;
        _server.Misbehave = request =>
        {
            if (request.Path.EndsWith(Weights, StringComparison.Ordinal)) asked = request.RangeStart;
            return false;
        };
        Assert.Equal(_content, File.ReadAllBytes(Path.Combine(Model(), Weights)));
        Assert.Equal(kept, asked);
    }

    public void Dispose()
    {
        _server.Dispose();
        _home.Delete(recursive: true);
    }

    private string Model() => HubSnapshot.Model(Repository, Options, _progress);

    private HubException Refused() => Assert.Throws<HubException>(() => { Model(); });
}
