using System.Text.Json.Nodes;
using NoraPipelines.Runs.Folder;

namespace NoraPipelines.Tests.Runs;

/// <summary>A file of a run's folder with another content, under the checksum that this one has.</summary>
internal static class CheckedFile
{
    public static void Edit(string path, Action<JsonObject> change)
    {
        var content = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        content.Remove("check");
        change(content);
        RunJson.WriteChecked(path, content);
    }
}
