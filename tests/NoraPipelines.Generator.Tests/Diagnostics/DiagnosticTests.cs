using NoraPipelines.Generator.Diagnostics;

namespace NoraPipelines.Generator.Tests.Diagnostics;

/// <summary>One spec for each diagnostic, with the exact places of all that the build reports.</summary>
public class DiagnosticTests
{
    /// <summary>Id, piece of the valid spec, what it is replaced by, "line,column" of each expected problem of that id.</summary>
    public static TheoryData<string, string, string, string> Cases { get; } = new()
    {
        { "NORA001", "seeds: [1, 2, 3]", "seeds: [1, 2, 3", "33,10" },
        { "NORA001", "  template: metamath", "\ttemplate: metamath", "19,1" },
        { "NORA001", "description: NoRA on a small model", "description: NoRA on a caf\uFFFD", "2,27" },
        { "NORA001", "export: { peft: true, merged: false }", "export: { peft: true, merged: false }\n\0\nunread: 1", "38,1" },
        { "NORA002", "learning_rate: 7.0e-3", "learning_rat: 7.0e-3", "27,3" },
        { "NORA002", "structure: serial", "strukture: serial", "13,47" },
        { "NORA003", "  batch: 32", "  batch: 32\n  batch: 64", "26,3" },
        { "NORA004", "batch: 32", "batch: \"32\"", "25,10" },
        { "NORA004", "epochs: 2", "epochs: [2]", "24,11" },
        { "NORA004", "  template: metamath", "  template:", "19,12" },
        { "NORA005", "init: awsvd", "init: aw_svd", "12,28" },
        { "NORA005", "pipeline: sample", "pipeline: Sample One", "1,11" },
        { "NORA006", "learning_rate: 7.0e-3", "learning_rate: 0", "27,18" },
        { "NORA005", "{ path: models/stories260k }", "{ hub: ../name }", "6,18" },
        { "NORA005", "train: { path: data/train.jsonl", "train: { hub: owner/name, file: ../x.jsonl", "18,35" },
        { "NORA006", "limit: 1000", "split: { held_out: 1.5 }", "18,104" },
        { "NORA006", "warmup_ratio: 0.02", "warmup_ratio: 1", "28,43" },
        { "NORA006", "seeds: [1, 2, 3]", "seeds: []", "33,10" },
        { "NORA006", "batch: 32", "batch: 9999999999", "25,10" },
        { "NORA007", "  learning_rate: 7.0e-3\n", "", "23,1" },
        { "NORA007", "  inner: { rank: 16, init: normal, std: 0.01, structure: serial, position: w_a }\n", "", "8,1" },
        { "NORA007", "rank: 16, init: normal, std: 0.01, structure: serial", "init: normal, structure: parallel", "13,3" },
        { "NORA008", "batch: 32", "batch: &b 32", "25,10" },
        { "NORA008", "keep: 2 }", "keep: *b }", "32,41" },
        { "NORA008", "alpha: 32", "alpha: !!float 32", "14,10" },
        { "NORA008", "export: { peft: true, merged: false }", "export: { peft: true }\n---\npipeline: second", "38,1" },
        { "NORA009", "architecture: llama", "architecture: clip", "4,17" },
        { "NORA009", "method: nora", "method: clip_lora", "9,11" },
        { "NORA101", "  epochs: 2\n", "  epochs: 2\n  steps: 10\n", "25,3" },
        { "NORA101", "  epochs: 2\n", "", "23,1" },
        { "NORA101", "  preset: stories260k", "  preset: stories260k\n  config: config.json", "6,3" },
        { "NORA101", "{ path: models/stories260k }", "{ hub: owner/name, path: models }", "6,13" },
        { "NORA101", "train: { path: data/train.jsonl", "train: { hub: owner/name", "18,12" },
        { "NORA102", "v_proj,", "w_proj,", "10,29" },
        { "NORA103", "layers: all", "layers: [0, 5]", "11,3" },
        { "NORA104", "rank: 32", "rank: 5000", "12,18" },
        { "NORA105", "rank: 16", "rank: 32", "13,18" },
        { "NORA105", "rank: 16, init: normal, std: 0.01, structure: serial", "rank: 32, structure: parallel", "13,18" },
        { "NORA105", "rank: 16, init: normal, std: 0.01, structure: serial, position: w_a", "structure: adapter, position: w_b", "13,42" },
        { "NORA106", "micro_batch: 8", "micro_batch: 5", "25,10" },
        { "NORA107", "  alpha: 32", "  rank: 8\n  alpha: 32", "14,3" },
        { "NORA107", "structure: serial", "structure: adapter", "13,12" },
        { "NORA107", "limit: 1000", "seed: 7", "18,85" },
        { "NORA107", "{ path: models/stories260k }", "{ path: models, revision: v2 }", "6,27" },
        { "NORA107", "limit: 1000", "file: x.jsonl", "18,85" },
        { "NORA107", "  alpha: 32", "  start: { path: x }\n  alpha: 32", "12,22 12,35 13,22 13,36 17,1" },
        { "NORA107", "kind: cosine, warmup_ratio: 0.02", "kind: linear, floor: 0.1", "28,29" },
        { "NORA107", "kind: cosine, warmup_ratio: 0.02", "kind: cosine, decay_ratio: 0.2", "28,29" },
        { "NORA108", "alpha: 32", "alpha: 512", "14,10" },
        { "NORA110", "seeds: [1, 2, 3]", "seeds: [1, 2, 1]", "33,17" },
        { "NORA111", "max_tokens: 128", "max_tokens: 513", "20,15" },
        { "NORA112", "columns: { prompt: question, response: answer }, limit", "columns: { text: question }, limit", "18,36" },
        { "NORA112", "columns: { prompt: question, response: answer }, limit", "columns: { messages: talk }, limit", "18,36" },
        { "NORA113", "preset: stories260k", "config: elsewhere/config.json", "5,11" },
        { "NORA114", "preset: stories260k", "config: config.json", "5,11" },
        { "NORA115", "source: { path: models/stories260k }", "source: { random: 1 }\n  tokenizer: tokenizer.json", "6,21" },
        { "NORA116", "source: { path: models/stories260k }", "source: { random: 1 }", "6,21" },
        { "NORA117", "columns: { prompt: question, response: answer }, limit: 1000 }\n  template: metamath",
            "limit: 10 }\n  template: { prompt: \"Answer:\", response: \" {answer}\" }", "35,13" },
        { "NORA118", "max_new_tokens: 64", "max_new_tokens: 512", "35,114" },
        { "NORA117", "task: exact_match", "decoding: { kind: likelihood }, task: exact_match", "35,25" },
        { "NORA117", "max_new_tokens: 64", "max_new_tokens: 64, decoding: { min_new_tokens: 65 }", "35,146" },
        { "NORA117", "max_new_tokens: 64", "max_new_tokens: 64, decoding: { kind: beams, stop: [x] }", "35,143" },
        { "NORA107", "limit: 1000 }", "limit: 1000, split: train }", "18,98" },
        { "NORA101", "train: { path: data/train.jsonl,", "train: { hub: owner/data,", "18,12" },
        { "NORA005", "limit: 1000 }", "limit: 1000, split: ../train }", "18,105" },
        { "NORA107", "max_new_tokens: 64", "max_new_tokens: 64, decoding: { beams: 4 }", "35,130" },
        { "NORA107", "max_new_tokens: 64", "max_new_tokens: 64, decoding: { kind: beams, top_k: 4 }", "35,143" },
        { "NORA107", "task: perplexity", "decoding: { kind: greedy }, task: perplexity", "36,7" },
        { "NORA005", "task: exact_match", "task: commonsense/bolq", "35,13" },
        { "NORA119", "method: nora", "method: full", "37,17" },
        { "NORA120", "preset: stories260k", "preset: mistral-7b", "5,11" },
        { "NORA121", "v_proj,", "q_proj,", "10,29" },
        { "NORA122", "kind: cosine, warmup_ratio: 0.02", "kind: wsd, warmup_ratio: 0.5, decay_ratio: 0.6", "28,58" },
        { "NORA126", "columns: { prompt: question, response: answer }, limit: 1000 }\n  template: metamath",
            "limit: 10 }\n  template: { prompt: \"Q: { question }\", response: \"{answer}\" }", "19,23" },
        { "NORA126", "columns: { prompt: question, response: answer }, limit: 1000 }\n  template: metamath",
            "limit: 10 }\n  template: { prompt: \"Q: {question}\", response: \"yes\" }", "19,50" },
        { "NORA130", "template: metamath", "template: glue", "19,13" },
        { "NORA135", "init: normal, std: 0.01, structure: serial, position: w_a", "init: singular, position: w_b", "13,28" },
        { "NORA135", "init: normal, std: 0.01, structure: serial, position: w_a", "init: singular, structure: parallel", "13,28" },
        { "NORA135", "init: normal, std: 0.01, structure: serial, position: w_a", "init: uniform_zero, position: w_a_and_w_b", "13,28" },
        { "NORA135", "init: awsvd, sigma: b }\n  inner: { rank: 16, init: normal, std: 0.01", "init: random }\n  inner: { rank: 16, init: singular", "13,28" },
        { "NORA136", "method: nora\n", "method: adalora\n  rank: 8\n  budget: { target_rank: 8 }\n", "11,26" },
        { "NORA136", "method: nora\n", "method: adalora\n  rank: 12\n  budget: { target_rank: 8, initial_steps: 50, final_steps: 20 }\n", "11,3" },
        { "NORA136", "method: nora\n", "method: dylora\n  rank: 8\n  rank_at: 9\n", "11,12" },
        { "NORA140", "export: {", "sweep: { training.seeds: [1, 2] }\nexport: {", "37,10" },
        { "NORA140", "export: {", "sweep: { evaluation.2.limit: [1, 2] }\nexport: {", "37,10" },
        { "NORA140", "export: {", "sweep: { adapter.outer: [{ rank: 8 }], adapter.outer.rank: [4, 8] }\nexport: {", "37,40" },
        { "NORA141", "export: {", "sweep:\n  training.learning_rate: [1e-4, 2e-4, 3e-4, 4e-4, 5e-4, 6e-4, 7e-4, 8e-4, 9e-4, 10e-4, 11e-4, 12e-4, 13e-4, 14e-4, 15e-4, 16e-4, 17e-4]\n  adapter.alpha: [20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35]\nexport: {", "37,1" },
        { "NORA142", "adapter:\n  method: nora\n", "sweep: { matched_budget: true, adapter.method: [lora, dora] }\nadapter:\n  method: lora\n", "8,10" },
        { "NORA143", "adapter:\n  method: nora\n", "sweep: { matched_budget: true, adapter.inner.rank: [1], adapter.method: [nora, lora] }\nadapter:\n  method: nora\n", "8,80" },
        { "NORA002", "export: {", "sweep: { adapter.outer.rnk: [16, 32] }\nexport: {", "37,10" },
        { "NORA002", "export: {", "sweep: { outer.rank: [16, 32] }\nexport: {", "37,10" },
        { "NORA002", "export: {", "sweep: { variants: [{ name: a, adapter.method.rank: 4 }] }\nexport: {", "37,32" },
        { "NORA004", "export: {", "sweep: { adapter.outer.rank: 16 }\nexport: {", "37,30" },
        { "NORA004", "export: {", "sweep: { adapter: { outer: { rank: 16 } } }\nexport: {", "37,19" },
        { "NORA004", "export: {", "sweep: { adapter.outer.rank: [16, many] }\nexport: {", "37,35" },
        { "NORA005", "export: {", "sweep: { variants: [{ name: ../a, adapter.outer.rank: 16 }] }\nexport: {", "37,29" },
        { "NORA005", "export: {", "sweep: { variants: [{ name: a, adapter.outer.init: awsdv }, { name: b }] }\nexport: {", "37,52" },
        { "NORA006", "export: {", "sweep: { adapter.outer.rank: [] }\nexport: {", "37,30" },
        { "NORA006", "export: {", "sweep: { matched_budget: true }\nexport: {", "37,1" },
        { "NORA007", "export: {", "sweep: { variants: [{ adapter.outer.rank: 16 }] }\nexport: {", "37,21" },
        { "NORA007", "export: {", "sweep: { adapter.method: [nora, lora] }\nexport: {", "37,33" },
        { "NORA107", "export: {", "sweep: { adapter.inner.structure: [serial, adapter] }\nexport: {", "37,44" },
        { "NORA107", "export: {", "sweep: { variants: [{ name: a, adapter.rank: null }] }\nexport: {", "37,32" },
        { "NORA121", "export: {", "sweep: { adapter.outer.rank: [16, 16] }\nexport: {", "37,35" },
        { "NORA121", "export: {", "sweep: { variants: [{ name: a, adapter.alpha: 16 }, { name: A }] }\nexport: {", "37,61" },
        { "NORA007", "method: nora", "method: adalora", "8,1 8,1" },
        { "NORA107", "method: nora\n", "method: lora\n  rank: 8\n  rank_at: 4\n", "11,3 14,3 15,3 18,1" },
        { "NORA107", "  packing: false\n  loss_on: response\ntraining:\n  epochs: 2\n  batch: 32\n  micro_batch: 8",
            "  packing: true\ntraining:\n  epochs: 2\n  batch: 1", "21,3" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Is_reported_at_the_exact_place(string id, string piece, string replacement, string places)
    {
        var spec = Specs.With(piece, replacement);
        var run = GeneratorRun.On(("sample.nora.yaml", spec), ("config.json", "{ \"model_type\": \"qwen\" }"));
        Assert.Equal(
            places.Split(' ').Select(place => $"{id} ({place})"),
            run.ProblemPlaces.Where(problem => problem.StartsWith(id, StringComparison.Ordinal)));
    }

    [Fact]
    public void Messages_state_what_was_found_the_bound_and_the_remedy() => Snapshot.Matches(string.Join('\n', Cases.Select(row =>
    {
        var (piece, replacement) = ((string)row[1], (string)row[2]);
        var spec = Specs.With(piece, replacement);
        var run = GeneratorRun.On(("sample.nora.yaml", spec), ("config.json", "{ \"model_type\": \"qwen\" }"));
        return $"{piece.Trim()} → {replacement.Trim().Replace("\n", "⏎").Replace("\t", "⇥").Replace("\0", "␀")}\n    {string.Join("\n    ", run.Problems)}\n";
    })));

    [Fact]
    public void Every_diagnostic_has_a_case() => Assert.Equal(
        Descriptors.All.Select(descriptor => descriptor.Id).Except(["NORA010", "NORA100", "NORA109", "NORA123"]), // tested below and with the summary
        Cases.Select(row => (string)row[0]).Distinct());

    [Fact]
    public void Two_specs_of_one_name_are_reported_at_the_second()
    {
        var run = GeneratorRun.On(("b/two.nora.yaml", Specs.Valid), ("a/one.nora.yaml", Specs.Valid));
        var problem = Assert.Single(run.Problems);
        Assert.StartsWith("b/two.nora.yaml(1,11): error NORA109: the class Sample of this pipeline is already that of a/one.nora.yaml",
            problem);
    }

    [Fact]
    public void Names_that_give_one_class_are_refused_too()
    {
        var run = GeneratorRun.On(
            ("a.nora.yaml", Specs.With("pipeline: sample", "pipeline: one-2b")), ("b.nora.yaml",
                Specs.With("pipeline: sample", "pipeline: one2b")));
        Assert.Contains("NORA109", Assert.Single(run.Problems));
    }

    [Theory]
    [InlineData("gsm8k", "Gsm8k")] // the library's task
    [InlineData("keys", "Keys")] // of the Plan project
    [InlineData("plan", "Plan")] // a member of every program
    [InlineData("program", "Program")] // the class with Main
    public void A_name_that_programs_use_is_refused_and_nothing_else_is_wrong(string name, string @class)
    {
        var run = GeneratorRun.OnSpec(Specs.With("pipeline: sample", "pipeline: " + name));
        Assert.StartsWith($"sample.nora.yaml(1,11): error NORA123: the class {@class} of this pipeline would hide", Assert.Single(run.Problems));
        Assert.Empty(run.Output.GetDiagnostics().Where(problem => problem.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error));
    }

    [Fact]
    public void A_sweep_whose_variant_has_such_a_name_is_refused()
    {
        var spec = Specs.With("pipeline: sample", "pipeline: cosine")
            .Replace("export: {", "sweep: { variants: [{ name: schedule, adapter.alpha: 16 }] }\nexport: {");
        Assert.Contains("NORA123: the class CosineSchedule of a variant", Assert.Single(GeneratorRun.OnSpec(spec).Problems));
    }

    [Fact]
    public void All_problems_of_a_spec_come_at_once_and_in_order()
    {
        var spec = Specs.Valid.Replace("rank: 32", "rank: 5000").Replace("v_proj,", "w_proj,").Replace("micro_batch: 8", "micro_batch: 5")
            .Replace("clip_norm", "clip_nrom").Replace("dtype: float32", "dtype: float16").Replace("seeds: [1, 2, 3]",
                "seeds: [1, one, 1]");
        Assert.Equal(
            ["NORA005 (7,10)", "NORA102 (10,29)", "NORA104 (12,18)", "NORA106 (25,10)", "NORA002 (30,3)", "NORA004 (33,14)"],
            GeneratorRun.OnSpec(spec).ProblemPlaces);
    }

    [Fact]
    public void A_help_link_leads_to_the_page() => Assert.All(
        Descriptors.All, descriptor => Assert.Equal($"docs/diagnostics/{descriptor.Id}.md", descriptor.HelpLinkUri));
}
