using System.CommandLine;
using NoraPipelines.Data;
using NoraPipelines.Generation;

namespace NoraPipelines.Runs.CommandLine;

/// <summary>`generate`: what the model answers to a prompt, framed by the pipeline's template as in training.</summary>
internal static class GenerateCommand
{
    public static Command Create(CommandContext context)
    {
        var (pipeline, set, adapter) = (CommonOptions.Pipeline(), CommonOptions.Set(), CommonOptions.Adapter(required: false));
        var prompt = new Option<string>("--prompt") { Description = "What to answer", HelpName = "TEXT", Required = true };
        var raw = new Option<bool>("--raw") { Description = "Give the model the prompt as it stands, without the pipeline's template" };
        var tokens = new Option<int>("--max-tokens") { Description = "Longest answer, in tokens", HelpName = "N", DefaultValueFactory = static _ => 256 };
        var temperature = new Option<double>("--temperature") { Description = "0 takes the most probable token each time (default)", HelpName = "T" };
        var topP = new Option<double>("--top-p") { Description = "Draw from the most probable tokens that have this probability together", HelpName = "P", DefaultValueFactory = static _ => 1 };
        var seed = new Option<long>("--seed") { Description = "Fixes the draws of a temperature above 0", HelpName = "N" };
        var command = new Command("generate", "Answers a prompt with the adapted model; without an adapter, with the base model")
        {
            pipeline, prompt, adapter, raw, tokens, temperature, topP, seed, set, CommonOptions.Json(),
        };
        command.SetAction(parsed => Run(context, context.Pipelines.Find(parsed.GetRequiredValue(pipeline)), parsed.GetValue(set) ?? [], parsed.GetValue(adapter),
            new GenerationRequest(parsed.GetRequiredValue(prompt), parsed.GetValue(raw), parsed.GetValue(tokens), parsed.GetValue(temperature), parsed.GetValue(topP), parsed.GetValue(seed))));
        return command;
    }

    private static int Run(CommandContext context, Pipeline pipeline, string[] assignments, string? adapter, GenerationRequest request)
    {
        if (request.MaxTokens < 1) throw new UsageException($"--max-tokens is {request.MaxTokens}. Expected a whole number of at least 1.");
        if (request.Temperature < 0) throw new UsageException($"--temperature is {request.Temperature}. Expected 0 or more.");
        using var session = ModelSession.Open(context, pipeline, assignments, adapter);
        var (model, tokenizer) = (session.Loaded.Model, session.Loaded.Tokenizer);
        var text = request.Raw ? request.Prompt : Template.Of(pipeline.Plan.Dataset.Template.Kind).TrainingPrompt(new Example(request.Prompt, ""));
        IReadOnlyList<int[]> prompts = [tokenizer.Encode(text)];
        var room = model.Shape.MaxPositions - prompts[0].Length;
        if (room < 1) throw new NoraException($"The prompt has {prompts[0].Length} tokens, and the model {model.Shape.MaxPositions} positions. Shorten the prompt.");
        var length = Math.Min(request.MaxTokens, room);
        var padId = tokenizer.PadId ?? 0;
        var ids = request.Temperature == 0
            ? TextGenerator.Greedy(model, prompts, length, tokenizer.EndId, padId)[0]
            : TextGenerator.Sample(model, prompts, length, tokenizer.EndId, padId,
                new SamplingOptions { Temperature = request.Temperature, TopP = request.TopP, Seed = request.Seed })[0];
        var answer = tokenizer.Decode(ids);
        context.Output.Reply(new GenerationAnswer(request.Prompt, answer, ids.Length), _ => context.Host.Output.WriteLine(answer));
        return NoraCommandLine.Done;
    }

    private sealed record GenerationRequest(string Prompt, bool Raw, int MaxTokens, double Temperature, double TopP, long Seed);

    private sealed record GenerationAnswer(string Prompt, string Text, int Tokens);
}
