namespace NoraPipelines.Checkpoints.Hub;

/// <summary>Where the hub is, where its files are kept, and who asks: from the environment variables that huggingface_hub reads.</summary>
public sealed record HubOptions
{
    public const string DefaultEndpoint = "https://huggingface.co";

    /// <summary>HF_ENDPOINT.</summary>
    public Uri Endpoint { get; init; } = new(DefaultEndpoint);

    /// <summary>HF_HUB_CACHE, else HF_HOME/hub, else ~/.cache/huggingface/hub.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>HF_TOKEN, else the file HF_TOKEN_PATH, else HF_HOME/token. Sent to <see cref="Endpoint"/> alone.</summary>
    public string? Token { get; init; }

    /// <summary>HF_HUB_OFFLINE: nothing is asked over the network.</summary>
    public bool Offline { get; init; }

    /// <summary>Files that are loaded at once.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>The first pause before another try; each next one is twice as long, up to half a minute.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>How long a connection may stay silent.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After how long without an answer the user is told what is waited for.</summary>
    public TimeSpan TellAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the hub may make the program wait in all (Retry-After); its own limits last up to five minutes.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The time over which a download must come at <see cref="LowestRate"/> or faster.</summary>
    public TimeSpan RateWindow { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Bytes a second.</summary>
    public double LowestRate { get; init; } = 1024;

    internal Func<DateTimeOffset> Now { get; init; } = static () => DateTimeOffset.UtcNow;

    internal Func<TimeSpan, CancellationToken, Task> Wait { get; init; } = Task.Delay;

    /// <exception cref="HubException">HF_ENDPOINT is no address.</exception>
    public static HubOptions FromEnvironment() => From(Environment.GetEnvironmentVariable);

    internal static HubOptions From(Func<string, string?> variable)
    {
        string? Value(string name) => variable(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
        var user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var home = Value("HF_HOME") ?? Path.Combine(Value("XDG_CACHE_HOME") ?? Path.Combine(user, ".cache"), "huggingface");
        var endpoint = Value("HF_ENDPOINT") ?? DefaultEndpoint;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new HubException($"HF_ENDPOINT is '{endpoint}', expected an address such as {DefaultEndpoint}; correct or remove it.");
        return new HubOptions
        {
            Endpoint = address,
            CacheFolder = Path.GetFullPath(Expand(Value("HF_HUB_CACHE") ?? Value("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(home, "hub"), user)),
            Token = Value("HF_TOKEN") ?? Value("HUGGING_FACE_HUB_TOKEN") ?? TokenFile(Expand(Value("HF_TOKEN_PATH") ?? Path.Combine(home, "token"), user)),
            Offline = Value("HF_HUB_OFFLINE")?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE",
        };
    }

    /// <summary>The options without the token, so that no log and no message holds it.</summary>
    public override string ToString() => $"{Endpoint} → {CacheFolder}";

    private static string Expand(string path, string user) => path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(user, path[2..]) : path;

    private static string? TokenFile(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // as without a token: a repository that needs one says so
        }
    }
}
