using NoraPipelines.Checkpoints.Hub;

namespace NoraPipelines.Tests.Checkpoints.Hub;

public sealed class HubOptionsTests
{
    [Theory]
    [InlineData("HF_HUB_CACHE=/c;HF_HOME=/h", "/c")]
    [InlineData("HF_HOME=/h", "/h/hub")]
    [InlineData("XDG_CACHE_HOME=/x", "/x/huggingface/hub")]
    public void The_cache_is_where_huggingface_hub_has_it(string environment, string expected) => Assert.Equal(expected, Of(environment).CacheFolder);

    [Theory]
    [InlineData("HF_TOKEN= a \n", "a")]
    [InlineData("HF_TOKEN=", null)]
    public void The_token_is_that_of_the_environment(string environment, string? expected) => Assert.Equal(expected, Of(environment + ";HF_HOME=/nowhere").Token);

    [Fact]
    public void A_token_s_file_serves_where_the_environment_has_none()
    {
        var folder = Directory.CreateTempSubdirectory();
        File.WriteAllText(Path.Combine(folder.FullName, "token"), "hf_file\n");

        Assert.Equal("hf_file", Of($"HF_HOME={folder.FullName}").Token);
        Assert.DoesNotContain("hf_file", Of($"HF_HOME={folder.FullName}").ToString());
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("HF_HUB_OFFLINE=1", true)]
    [InlineData("HF_HUB_OFFLINE=true", true)]
    [InlineData("HF_HUB_OFFLINE=0", false)]
    public void Offline_is_a_switch(string environment, bool expected) => Assert.Equal(expected, Of(environment).Offline);

    [Fact]
    public void An_endpoint_that_is_no_address_is_refused() =>
        Assert.Contains("HF_ENDPOINT is 'ftp://x'", Assert.Throws<HubException>(() => Of("HF_ENDPOINT=ftp://x")).Message);

    private static HubOptions Of(string environment)
    {
        var values = environment.Split(';').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return HubOptions.From(values.GetValueOrDefault);
    }
}
