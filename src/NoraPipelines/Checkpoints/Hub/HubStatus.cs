using System.Net;

namespace NoraPipelines.Checkpoints.Hub;

/// <summary>What an answer that is no success means, and what to do.</summary>
internal static class HubStatus
{
    /// <summary>Whether another try may help.</summary>
    public static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    public static HubException Error(HttpResponseMessage response, HubRepository repository, HubOptions options, string? file = null)
    {
        var code = (int)response.StatusCode;
        var error = response.Headers.TryGetValues("X-Error-Code", out var codes) ? codes.First() : "";
        var what = file is null ? $"{repository}" : $"{repository}, {file}";
        var page = $"{options.Endpoint.ToString().TrimEnd('/')}/{(repository.IsDataset ? "datasets/" : "")}{repository.Name}";
        return new HubException((response.StatusCode, error) switch
        {
            (HttpStatusCode.Unauthorized, _) when options.Token is null =>
                $"{what}: the hub answers 401: the repository is private or gated, or there is none of this name. Check the name, accept its terms at {page}, and set HF_TOKEN to a token that may read it.",
            (HttpStatusCode.Unauthorized, _) =>
                $"{what}: the hub answers 401 to the token it was given (HF_TOKEN, or the file `token` in HF_HOME). Check the repository's name, or make a new token.",
            (HttpStatusCode.Forbidden, _) =>
                $"{what}: the hub answers 403: this account may not read it yet. Accept its terms at {page}{(options.Token is null ? " and set HF_TOKEN" : ", and see that the token may read gated repositories")}.",
            (HttpStatusCode.NotFound, "RevisionNotFound") => $"{what}: the repository has no revision '{repository.Revision}'. Name a branch, a tag or a commit that {page} shows.",
            (HttpStatusCode.NotFound, _) when file is null =>
                $"{what}: the hub answers 404: there is no such repository, or no revision '{repository.Revision}' of it. Check both at {page}{(options.Token is null ? "; a private one needs HF_TOKEN" : "")}.",
            (HttpStatusCode.NotFound, _) => $"{what}: the hub answers 404: the file is not there. Look at {page} for its name.",
            _ => $"{what}: the hub answers {code} {response.ReasonPhrase}. Try again later, or download the files and name their folder.",
        })
        {
            Unreachable = IsPassing(response.StatusCode),
            RetryAfter = Pause(response, options),
        };
    }

    /// <summary>Of a Retry-After header: seconds, or a date (RFC 9110, 10.2.3).</summary>
    private static TimeSpan? Pause(HttpResponseMessage response, HubOptions options) => response.Headers.RetryAfter switch
    {
        { Delta: { } seconds } => seconds,
        { Date: { } date } when date > options.Now() => date - options.Now(),
        null when response.Headers.NonValidated.TryGetValues("Retry-After", out var values) && values.ToString() is { Length: > 0 } text && text.All(char.IsAsciiDigit) =>
            TimeSpan.MaxValue, // more seconds than a number holds
        _ => null,
    };
}
