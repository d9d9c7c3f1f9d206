using NoraPipelines.Checkpoints.Hub;

namespace NoraPipelines.Tests.Checkpoints.Hub;

/// <summary>Which files of a repository are taken, and what is refused.</summary>
public sealed partial class HubSnapshotTests
{
    [Fact]
    public void Shards_are_those_of_the_index()
    {
        _server.Files.Remove(Weights);
        _server.Files["model.safetensors.index.json"] = """{ "weight_map": { "a": "model-1.safetensors", "b": "model-2.safetensors" } }"""u8.ToArray();
        _server.Files["model-1.safetensors"] = _content;
        _server.Files["model-2.safetensors"] = [1, 2, 3];
        _server.Files["consolidated.safetensors"] = [1];

        var folder = Model();

        Assert.Equal(["config.json", "model-1.safetensors", "model-2.safetensors", "model.safetensors.index.json", "tokenizer.json"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("../../x.safetensors")]
    [InlineData("/tmp/x.safetensors")]
    [InlineData("..\\\\x.safetensors")]
    [InlineData("a/b.safetensors")]
    [InlineData("x.bin")]
    public void An_index_cannot_name_a_file_outside_the_folder(string name)
    {
        _server.Files.Remove(Weights);
        _server.Files["model.safetensors.index.json"] = System.Text.Encoding.UTF8.GetBytes($$"""{ "weight_map": { "a": "{{name}}" } }""");
        _server.TreeEntries.Add($$"""{ "type": "file", "path": "{{name}}", "oid": "{{new string('a', 40)}}", "size": 3, "lfs": { "oid": "{{new string('a', 64)}}", "size": 3 } }""");

        Assert.Contains("expected a plain name that ends in .safetensors", Refused().Message);
        Assert.Equal(0, _server.Count("x.safetensors"));
    }

    [Fact]
    public void A_data_set_s_file_keeps_its_folder_and_cannot_leave_it()
    {
        _server.Files["data/train.jsonl"] = "{}"u8.ToArray();
        var data = HubRepository.Dataset("tiny/data");

        var path = HubSnapshot.File(data, "data/train.jsonl", Options, _progress);

        Assert.EndsWith($"datasets--tiny--data/snapshots/{HubServer.Commit}/data/train.jsonl", path);
        Assert.Equal("{}", File.ReadAllText(path));
        Assert.Contains("leaves its folder", Assert.Throws<HubException>(() => HubSnapshot.File(data, "../x", Options, _progress)).Message);
        Assert.Contains("has no file 'data/tran.jsonl'. Near it are: data/train.jsonl", Assert.Throws<HubException>(() => HubSnapshot.File(data, "data/tran.jsonl", Options, _progress)).Message);
    }

    [Theory]
    [InlineData("{ \"sha\": \"../../x\" }", "answers with the commit '../../x'")]
    [InlineData("[]", "expected 40 hexadecimal digits")]
    [InlineData("<html>", "no valid JSON")]
    public void What_is_no_hub_is_not_believed(string answer, string expected)
    {
        _server.Misbehave = request => request.Json(answer);

        Assert.Contains(expected, Refused().Message);
    }

    [Theory]
    [InlineData("pytorch_model.bin", "holds only pickled weights (pytorch_model.bin), which are never loaded")]
    [InlineData("other.safetensors", "holds other.safetensors, expected model.safetensors")]
    [InlineData("README.md", "holds no weights")]
    public void A_repository_without_safetensors_is_refused_with_the_reason(string name, string expected)
    {
        _server.Files.Clear();
        _server.Files["config.json"] = "{}"u8.ToArray();
        _server.Files[name] = [1];

        Assert.Contains(expected, Refused().Message);
        Assert.Equal(0, _server.Count("/resolve/"));
    }

    [Theory]
    [InlineData("../etc", "main")]
    [InlineData("a/b/c", "main")]
    [InlineData("a/..", "main")]
    [InlineData("", "main")]
    [InlineData("a/b", "../x")]
    [InlineData("a/b", "a//b")]
    [InlineData("a/b", "")]
    public void Names_that_are_none_are_refused(string name, string revision) =>
        Assert.Throws<HubException>(() => HubRepository.Model(name, revision));

    [Theory]
    [InlineData(401, "", "set HF_TOKEN to a token")]
    [InlineData(403, "X-Error-Code: GatedRepo\r\n", "Accept its terms at")]
    [InlineData(404, "X-Error-Code: RevisionNotFound\r\n", "has no revision 'main'")]
    [InlineData(404, "", "there is no such repository, or no revision 'main'")]
    [InlineData(418, "", "the hub answers 418")]
    public void A_refusal_says_what_to_do(int status, string headers, string expected)
    {
        _server.Misbehave = request => request.Send(status, "No", headers, []);

        var message = Refused().Message;

        Assert.StartsWith("tiny/llama: ", message);
        Assert.Contains(expected, message);
        Assert.Single(_server.Requests);
    }
}
