namespace NoraPipelines.Generator.Tests.Emission;

/// <summary>A build writes into pipelines/Generated and takes nothing away, and `git diff` does not see files that it does not know.</summary>
public class GeneratedFilesTests
{
    [Fact]
    public void Every_file_of_pipelines_Generated_is_of_a_spec_and_every_spec_has_its_files()
    {
        var made = ShippedSpecs.Pipelines().Result.GeneratedSources.Select(source => source.HintName).ToHashSet();
        var found = Directory.GetFiles(Repository.Path("pipelines", "Generated"), "*", SearchOption.AllDirectories);
        Assert.True(made.Count > 10, $"{made.Count} files are made from the specs of pipelines/, expected more than 10");
        string[] wrong =
        [
            .. found.Where(file => !made.Contains(Path.GetFileName(file))).Select(file =>
                $"{Path.GetRelativePath(Repository.Root, file)} belongs to no spec of pipelines/ (it was removed, renamed or refused): delete the file"),
            .. made.Except(found.Select(file => Path.GetFileName(file))).Order().Select(name =>
                $"{name} is missing in pipelines/Generated: build pipelines/pipelines.csproj and commit the file"),
        ];
        Assert.True(wrong.Length == 0, string.Join("\n", wrong));
    }
}
