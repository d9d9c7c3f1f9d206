using NoraPipelines.Plans;

namespace NoraPipelines.Plan.Tests.Evaluation;

public class TaskProtocolsTests
{
    [Fact]
    public void Every_name_finds_its_own_row() => Assert.All(TaskProtocols.All, task =>
    {
        Assert.Same(task, TaskProtocols.Of(task.Name));
        Assert.Single(TaskProtocols.Names, name => name == task.Name);
    });

    [Fact]
    public void Another_name_is_refused_with_those_there_are()
    {
        Assert.Null(TaskProtocols.Find("glue"));
        var message = Assert.Throws<ArgumentException>(() => TaskProtocols.Of("gsm9k")).Message;
        Assert.Contains("'gsm9k' is no task; expected one of perplexity, exact_match, gsm8k", message);
    }

    [Fact]
    public void Tasks_that_ask_name_what_scores_them_and_others_do_not() =>
        Assert.All(TaskProtocols.All, task => Assert.Equal(task.IsAsked, task.Scorer.Length > 0));

    [Fact]
    public void Every_task_of_glue_scores_a_classifier() => Assert.Equal(
        Words.All<GlueTask>().Select(word => "glue/" + word),
        TaskProtocols.All.Where(task => task.Model == ScoredModel.Classifier).Select(task => task.Name));

    [Fact]
    public void The_eight_commonsense_sets_share_an_average() =>
        Assert.Equal(8, TaskProtocols.All.Count(task =>
            task is { Average: { Name: "commonsense", Metric: "accuracy" }, Decoding: DecodingKind.Beams, MaxNewTokens: 32 }));
}
