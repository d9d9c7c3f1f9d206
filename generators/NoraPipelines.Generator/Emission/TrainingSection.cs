using NoraPipelines.Generator.Emission.Families;
using NoraPipelines.Generator.Emission.Methods;

namespace NoraPipelines.Generator.Emission;

/// <summary>The loop.</summary>
internal static class TrainingSection
{
    public static void Write(CodeWriter code, PipelineUnit unit)
    {
        var training = unit.Plan.Training;
        var family = FamilySections.Of(unit.Plan);
        var method = MethodSections.Of(unit.Plan.Adapter);
        var (groups, parameters) = (method.Groups, method.Parameters);
        code.Line();
        code.Banner("Train", Places.Line(unit.Lines.Training));
        code.Line("var steps = run.Steps(examples.Count);" + (training.Steps is { } steps ? $" // {steps} as planned" : $" // {CSharp.Number(training.Epochs)} epochs as planned"));
        code.Line($"var warmup = StepCount.Warmup(run.Setting(Keys.Training.WarmupRatio, {CSharp.Number(training.Schedule.WarmupRatio)}), steps);");
        var peak = $"run.Setting(Keys.Training.LearningRate, {CSharp.Number(training.LearningRate)})";
        var own = string.Concat(training.Schedule.Arguments.Select(argument => $", {argument.Key}: {CSharp.Number(argument.Value)}"));
        code.Line($"var schedule = new {training.Schedule.ClassName}(peak: {peak}, steps, warmup{own});");
        foreach (var line in method.BeforeTraining) code.Line(line);
        // What training alone needs is given back before the model is evaluated: moments of full training are twice the model.
        code.Line($"using (var optimizer = new AdamW({parameters},");
        code.Line($"    weightDecay: run.Setting(Keys.Training.WeightDecay, {CSharp.Number(training.WeightDecay)}), "
            + $"beta1: {CSharp.Number(training.Beta1)}, beta2: {CSharp.Number(training.Beta2)}, epsilon: {CSharp.Number(training.AdamEpsilon)}{(groups is null ? "))" : ",")}");
        if (groups is not null) code.Line($"    {groups}))");
        code.Line($"using (var training = {method.StartTraining}) // goes on where a stopped run was");
        using (code.Block($"using (var batches = run.Batches(examples, {family.Collator(unit.Plan.Dataset)}, training))"))
        {
            WriteLoop(code, unit);
        }
    }

    private static void WriteLoop(CodeWriter code, PipelineUnit unit)
    {
        var (family, method, training) = (FamilySections.Of(unit.Plan), MethodSections.Of(unit.Plan.Adapter), unit.Plan.Training);
        using (code.Block("while (training.BeginStep())"))
        {
            code.Line("using var scope = torch.NewDisposeScope();");
            code.Line("using var batch = batches.Next();");
            if (method.BeforeStep is { } before) code.Line(before);
            using (code.Block("foreach (var micro in batch.MicroBatches)"))
            {
                code.Line($"var loss = {family.Loss} / batch.Weight;");
                code.Line("loss.backward();");
                code.Line("training.Add(loss);");
            }
            if (method.AfterBackward is { } backward) code.Line(backward);
            code.Line("training.SumGradients(); // of all processes, where several train together");
            code.Line($"var norm = Gradients.ClipNorm({method.Parameters}, run.Setting(Keys.Training.ClipNorm, {CSharp.Number(training.ClipNorm)}));");
            code.Line("optimizer.Step(schedule.Rate(training.Step));");
            if (method.AfterStep is { } after) code.Line(after);
            // Two statements: the compiler drops a call of a hook that nobody wrote together with its arguments.
            code.Line("var done = training.Finish(batch, norm, schedule);");
            code.Line("OnStep(done);");
        }
    }
}
