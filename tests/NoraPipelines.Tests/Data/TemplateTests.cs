using NoraPipelines.Data;
using NoraPipelines.Plans;

namespace NoraPipelines.Tests.Data;

public sealed class TemplateTests
{
    private static readonly Example Question = new("How many?", "Three.");

    [Fact]
    public void Plain_adds_nothing()
    {
        Assert.Equal("How many?", Template.Plain.TrainingPrompt(Question));
        Assert.Equal("How many?", Template.Plain.EvaluationPrompt(Question));
        Assert.Equal("", Template.Plain.TrainingPrompt(new Example("", "A text.")));
    }

    [Fact]
    public void Metamath_is_the_frame_of_its_training_and_the_cue_of_its_evaluation()
    {
        const string Frame = "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n" +
            "### Instruction:\nHow many?\n\n### Response:";
        Assert.Equal(Frame, Template.Metamath.TrainingPrompt(Question));
        Assert.Equal(Frame + " Let's think step by step.", Template.Metamath.EvaluationPrompt(Question));
    }

    [Fact]
    public void Alpaca_begins_the_response_on_a_line_of_its_own_in_both()
    {
        const string Frame = "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n" +
            "### Instruction:\nHow many?\n\n### Response:\n";
        Assert.Equal(Frame, Template.Alpaca.TrainingPrompt(Question));
        Assert.Equal(Frame, Template.Alpaca.EvaluationPrompt(Question));
    }

    [Fact]
    public void An_input_has_its_own_section()
    {
        var example = Question with { Input = "a, b, c" };
        const string Frame = "Below is an instruction that describes a task, paired with an input that provides further context. " +
            "Write a response that appropriately completes the request.\n\n" +
            "### Instruction:\nHow many?\n\n### Input:\na, b, c\n\n### Response:";
        Assert.Equal(Frame, Template.Metamath.TrainingPrompt(example));
        Assert.Equal(Frame + "\n", Template.Alpaca.TrainingPrompt(example));
        Assert.Contains("no place for an input", Assert.Throws<DataException>(() => Template.Plain.TrainingPrompt(example)).Message);
    }

    [Fact]
    public void A_frame_without_a_prompt_is_refused() =>
        Assert.Contains("use the template `plain`", Assert.Throws<DataException>(() => Template.Alpaca.TrainingPrompt(new("", "text"))).Message);

    [Fact]
    public void Every_kind_that_frames_text_has_its_template() =>
        Assert.All(Enum.GetValues<TemplateKind>().Where(kind => kind is not (TemplateKind.Glue or TemplateKind.Chat or TemplateKind.Custom)),
            kind => Assert.Equal(kind, Template.Of(kind).Kind));
}
