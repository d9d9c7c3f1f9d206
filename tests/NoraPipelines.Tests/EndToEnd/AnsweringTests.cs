using NoraPipelines.Tests.Build;
using NoraPipelines.Tests.Shipped;

namespace NoraPipelines.Tests.EndToEnd;

/// <summary>generate, chat and merge of pipelines that ask in a conversation or in a template of their own.</summary>
public sealed class AnsweringTests : IDisposable
{
    private const string ChatTemplate =
        "{{ bos_token }}{% for m in messages %}{{ '[' + m.role + '] ' + m.content + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '[assistant]' }}{% endif %}";

    private TrialProgram? _program;

    public void Dispose() => _program?.Dispose();

    [LinuxFact]
    public void A_chat_pipeline_asks_in_its_conversation_from_the_command_line_a_file_and_a_pipe()
    {
        var program = Program("chat");
        const string Question = "Tom has 3 pens.\nHow many?";
        var framed = $"[user] {Question}\n[assistant]";
        var expected = Text("--raw", "--prompt", framed);

        Assert.Equal(expected, Text("--prompt", Question));
        Assert.Equal(expected, Text("--file", program.Put("question.txt", Question + "\n")));
        program.Input = Question + "\n";
        Assert.Equal(expected, Text());
        program.Input = null;
        Assert.NotEqual(expected, Text("--raw", "--prompt", Question));
        Assert.Contains("Both --prompt and --file", program.Refusal("generate", "sample", "--prompt", "a", "--file", "b"));

        string Text(params string[] more) => program.Json(["generate", "sample", "--max-tokens", "12", .. more]).GetProperty("text").GetString()!;
    }

    [LinuxFact]
    public void Each_turn_of_a_chat_sees_all_turns_before_it()
    {
        var program = Program("chat");
        program.Input = "Hello.\nAnd now?\n";
        var messages = program.Json("chat", "sample", "--system", "Be kind.", "--max-tokens", "8").GetProperty("messages")
            .EnumerateArray().Select(message => (message.GetProperty("role").GetString(), message.GetProperty("content").GetString())).ToArray();
        program.Input = null;

        Assert.Equal(["system", "user", "assistant", "user", "assistant"], messages.Select(message => message.Item1));
        Assert.Equal(("Be kind.", "Hello.", "And now?"), (messages[0].Item2, messages[1].Item2, messages[3].Item2));
        Assert.Equal(messages[2].Item2, Raw("[system] Be kind.\n[user] Hello.\n[assistant]"));
        Assert.Equal(messages[4].Item2, Raw($"[system] Be kind.\n[user] Hello.\n[assistant] {messages[2].Item2}\n[user] And now?\n[assistant]"));

        string? Raw(string prompt) =>
            program.Json("generate", "sample", "--max-tokens", "8", "--raw", "--prompt", prompt).GetProperty("text").GetString();
    }

    [LinuxFact]
    public void A_template_of_the_spec_s_own_frames_the_prompt_of_generate()
    {
        var program = Program("{ prompt: \"Q: {prompt} A:\", response: \" {response}\" }");
        var framed = program.Json("generate", "sample", "--max-tokens", "8", "--prompt", "2 + 3 =");
        Assert.Equal("2 + 3 =", framed.GetProperty("prompt").GetString());
        Assert.Equal(
            program.Json("generate", "sample", "--max-tokens", "8", "--raw", "--prompt", "Q: 2 + 3 = A:").GetProperty("text").GetString(), framed.GetProperty("text").GetString());
    }

    [LinuxFact]
    public void A_merged_model_brings_its_files_along_and_answers_as_the_adapter_did()
    {
        var program = Program("chat");
        program.Json("run", "sample", "--output", program.In("run"));
        program.Json("merge", "sample", "--adapter", program.In("run"), "--output", program.In("merged"));
        foreach (var name in (string[])["model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json", "chat_template.jinja"])
            Assert.True(File.Exists(program.In("merged/" + name)), name);
        Assert.Equal(ChatTemplate, File.ReadAllText(program.In("merged/chat_template.jinja")));

        string[] ask = ["generate", "sample", "--max-tokens", "16", "--prompt", "Tom has 3 pens. How many?"];
        var adapted = program.Json([.. ask, "--adapter", program.In("run")]).GetProperty("text").GetString();
        Assert.Equal(adapted, program.Json([.. ask, "--set", $"model.source.path={program.In("merged")}"]).GetProperty("text").GetString());
    }

    private TrialProgram Program(string template)
    {
        var program = _program = TrialProgram.OnShippedModel($$"""
            adapter: { method: lora, targets: [q_proj, down_proj], rank: 4 }
            dataset: { train: { path: train.jsonl, limit: 32 }, template: {{template}}, max_tokens: 128 }
            training: { steps: 4, batch: 8, learning_rate: 3e-2 }
            """);
        File.Delete(program.In("model")); // the link: this model gets files of its own
        Directory.CreateDirectory(program.In("model"));
        foreach (var path in Directory.GetFiles(ShippedFile.Path("base-model/weights"))) File.Copy(path, program.In("model/" + Path.GetFileName(path)));
        program.Put("model/chat_template.jinja", ChatTemplate);
        program.Put("model/generation_config.json", "{ \"eos_token_id\": 2 }");
        return program;
    }
}
