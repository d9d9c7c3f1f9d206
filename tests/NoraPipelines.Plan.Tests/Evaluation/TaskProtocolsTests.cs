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
    public void Every_task_has_a_sentence_for_the_list_of_keys()
    {
        var missing = TaskProtocols.All.Where(task => task.Sentence.Length == 0).ToList();
        Assert.True(missing.Count == 0, $"nothing is said of {string.Join(", ", missing)} in docs/spec.md: give each a Sentence in its row of TaskProtocols");
    }

    [Fact]
    public void Another_name_is_refused_with_those_there_are()
    {
        Assert.Null(TaskProtocols.Find("glue"));
        var message = Assert.Throws<ArgumentException>(() => TaskProtocols.Of("gsm9k")).Message;
        Assert.StartsWith("'gsm9k' is no task; expected one of ", message);
        var missing = TaskProtocols.Names.Where(name => !message.Contains(name)).ToList();
        Assert.True(missing.Count == 0, $"the message leaves out {string.Join(", ", missing)}: {message}");
    }

    [Fact]
    public void Tasks_that_ask_name_what_scores_them_and_others_do_not()
    {
        var wrong = TaskProtocols.All.Where(task => task.IsAsked != task.Scorer.Length > 0).Select(task => task.IsAsked
            ? $"task {task} is answered with text and has no Scorer: name the library's class in its row of TaskProtocols"
            : $"task {task} has the Scorer '{task.Scorer}', but no text is its answer: leave it out, or set Answer to {nameof(AnswerKind.Text)}");
        Assert.True(!wrong.Any(), string.Join("\n", wrong));
    }

    [Fact]
    public void Every_task_of_glue_scores_a_classifier()
    {
        var missing = Words.All<GlueTask>().Select(word => "glue/" + word)
            .Except(TaskProtocols.All.Where(task => task.Model == ScoredModel.Classifier).Select(task => task.Name)).ToList();
        Assert.True(missing.Count == 0, $"no task of TaskProtocols scores a classifier by the name {string.Join(", ", missing)}");
    }

    [Fact]
    public void The_eight_commonsense_sets_share_an_average()
    {
        var sets = TaskProtocols.All.Where(task => task.Average?.Name == "commonsense").ToList();
        Assert.True(sets.Count == 8, $"commonsense.average is the mean over {sets.Count} sets, {string.Join(", ", sets)}; published means are over the eight of "
            + "LLM-Adapters, so give another set another average, or none");
        Assert.All(sets, task => Assert.True(task is { Average.Metric: "accuracy", Decoding: DecodingKind.Beams, MaxNewTokens: 32 },
            $"{task} is asked or averaged otherwise than LLM-Adapters does: {task.Average!.Metric}, {task.Decoding}, {task.MaxNewTokens} tokens; "
            + "expected accuracy, Beams, 32"));
    }
}
