using System.Globalization;
using System.Net.Http.Headers;

namespace NoraPipelines.Checkpoints.Hub;

/// <summary>
/// Requests to the hub. Redirections are followed here, so that the token goes to the endpoint and to no other host, and never from
/// https to http.
/// </summary>
internal sealed class HubClient : IDisposable
{
    private const int MostRedirections = 10;
    private readonly HttpClient _http;

    /// <param name="progress">Is told what is waited for.</param>
    public HubClient(HubOptions options, IHubProgress progress)
    {
        (Options, Progress) = (options, progress);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("nora-pipelines", "0.1"));
    }

    public HubOptions Options { get; }

    public IHubProgress Progress { get; }

    /// <summary>The final answer, whatever its status; its body is not read yet.</summary>
    /// <param name="path">After the endpoint's address.</param>
    /// <param name="from">First byte that is wanted.</param>
    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, long from, CancellationToken stop)
    {
        var address = new Uri(Options.Endpoint.ToString().TrimEnd('/') + "/" + path);
        for (var redirections = 0; ; redirections++)
        {
            using var request = new HttpRequestMessage(method, address);
            // Compression would make sizes and ranges those of another text.
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
            if (Options.Token is { } token && IsEndpoint(address)) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(stop);
            silence.CancelAfter(Options.Silence);
            var response = await Guard(() => Told(_http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token), address), address, stop);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
                return Plain(response, address);
            // A file's first answer has the hub's own headers; the host that it points to knows nothing of them.
            if (method == HttpMethod.Head && response.Headers.Contains("X-Linked-Etag")) return response;
            response.Dispose();
            if (!Uri.TryCreate(address, location, out var next)) throw new HubException($"{address}: was redirected to '{location}', which is no address. Check HF_ENDPOINT.");
            if (redirections == MostRedirections) throw new HubException($"{address}: was redirected more than {MostRedirections} times. Check HF_ENDPOINT.");
            if (next.Scheme is not ("http" or "https") || (address.Scheme == "https" && next.Scheme != "https"))
                throw new HubException($"{address}: was redirected to {next.GetLeftPart(UriPartial.Authority)}, which is not secure; expected https. Check HF_ENDPOINT and the network.");
            address = next;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What it waits for is told where that takes long.</summary>
    public async Task<T> Told<T>(Task<T> answer, Uri address)
    {
        using var done = new CancellationTokenSource();
        if (await Task.WhenAny(answer, Task.Delay(Options.TellAfter, done.Token)) != answer)
            Progress.Say(string.Create(CultureInfo.InvariantCulture,
                $"{address.GetLeftPart(UriPartial.Authority)} has not answered yet. Waiting up to {Options.Silence.TotalSeconds:N0} seconds for it."));
        await done.CancelAsync();
        return await answer;
    }

    /// <summary>Failures of the connection become <see cref="HubException"/>s that may be tried again.</summary>
    public static async Task<T> Guard<T>(Func<Task<T>> work, Uri address, CancellationToken stop)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            var reason = e is OperationCanceledException ? "the connection stayed silent" : e.Message.TrimEnd('.');
            throw new HubException($"{address.GetLeftPart(UriPartial.Path)}: {reason}. Check the network (and HF_ENDPOINT), or set HF_HUB_OFFLINE=1 to use what is cached.", e)
            {
                Unreachable = true,
            };
        }
    }

    /// <exception cref="HubException">The body is compressed though that was not asked for.</exception>
    private static HttpResponseMessage Plain(HttpResponseMessage response, Uri address)
    {
        if (response.Content.Headers.ContentEncoding.FirstOrDefault(coding => !coding.Equals("identity", StringComparison.OrdinalIgnoreCase)) is not { } coding) return response;
        response.Dispose();
        throw new HubException($"{address.GetLeftPart(UriPartial.Path)}: the answer is compressed (Content-Encoding: {coding}) though identity was asked for, so that its size and checksum are not the file's. Check HF_ENDPOINT, or a proxy on the way.");
    }

    private bool IsEndpoint(Uri address) =>
        Uri.Compare(address, Options.Endpoint, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
