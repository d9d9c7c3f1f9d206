using NoraPipelines.Cli.Terminal;
using NoraPipelines.Runs;
using NoraPipelines.Runs.Folder;
using NoraPipelines.Runs.Settings;
using NoraPipelines.Tests.Checkpoints;

namespace NoraPipelines.Tests.Runs.Folder;

public sealed class AdapterOriginTests : IDisposable
{
    private static readonly Dictionary<string, string> Trained = new() { ["model.safetensors"] = "a" }, Other = new() { ["model.safetensors"] = "b" };

    private readonly TemporaryFolder _folder = new();
    private readonly RunDirectory _run;

    public AdapterOriginTests()
    {
        _run = RunDirectory.Create(_folder["run"]);
        var pipeline = new FakePipeline();
        var settings = RunSettings.Apply(pipeline.Plan, "tiny.nora.yaml", _folder.Path, [new SettingValue("model.source.path", "elsewhere", SettingValue.CommandLine)]);
        PlanRecord.Of(pipeline, settings, 3).Write(_run);
        new RunIdentity
        {
            Number = 1,
            Started = DateTimeOffset.UnixEpoch,
            Marks = new Dictionary<string, IReadOnlyDictionary<string, string>> { [RunIdentity.Weights] = Trained, [RunIdentity.Tokenizer] = Trained },
        }.Write(_run);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("adapter")]
    [InlineData("nested")]
    public void An_adapter_is_put_on_no_other_weights_than_its_run_s(string folder)
    {
        var origin = AdapterOrigin.Of(Path.TrimEndingDirectorySeparator(_run.In(folder)), SilentView.Instance)!;

        origin.Hold(RunIdentity.Weights, Trained);
        origin.Hold("evaluation.0", Other);
        var refused = Assert.Throws<NoraException>(() => origin.Hold(RunIdentity.Weights, Other)).Message;

        Assert.Contains("was trained with other weights of the base model (model.safetensors: a, now b). Its run had --set model.source.path=elsewhere.", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_tokenizer_is_told()
    {
        using var error = new StringWriter();
        var view = new RunView(error, terminal: false, colors: false);

        AdapterOrigin.Of(_run.Path, view)!.Hold(RunIdentity.Tokenizer, Other);

        Assert.Contains("was trained with other files of the tokenizer", error.ToString().ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_no_run_s_has_no_origin() => Assert.Null(AdapterOrigin.Of(_folder["adapter"], SilentView.Instance));
}
