using System.Buffers.Binary;
using NoraPipelines.Runs;
using NoraPipelines.Runs.Progress;
using NoraPipelines.Tests.Checkpoints;
using NoraPipelines.Training;
using Tensorboard;

namespace NoraPipelines.Tests.Runs.Progress;

public sealed class MetricLogTests
{
    [Fact]
    public void TensorBoard_reads_the_numbers_of_every_step()
    {
        using var folder = new TemporaryFolder();
        var directory = RunDirectory.Create(folder.Path);
        using (var log = new MetricLog(directory, firstStep: 0))
        {
            for (var step = 1; step <= 3; step++) log.Add(Step(step));
        }

        var scalars = Events(directory).SelectMany(e => e.Summary?.Value.Select(value => (e.Step, value.Tag, value.SimpleValue)) ?? []).ToArray();

        Assert.Equal([(1L, 0.5f), (2L, 0.25f), (3L, 1f / 6)], scalars.Where(scalar => scalar.Tag == "train/loss").Select(scalar => (scalar.Step, scalar.SimpleValue)));
        Assert.Equal(3, scalars.Count(scalar => scalar.Tag == "train/learning_rate"));
        Assert.Contains(Events(directory), e => e.FileVersion == "brain.Event:2");
    }

    [Fact]
    public void Going_on_from_a_step_drops_what_came_after_it_and_a_line_that_was_cut_short()
    {
        using var folder = new TemporaryFolder();
        var directory = RunDirectory.Create(folder.Path);
        using (var log = new MetricLog(directory, firstStep: 0))
        {
            for (var step = 1; step <= 5; step++) log.Add(Step(step));
        }
        File.AppendAllText(directory.MetricsFile, "{\"step\": 6, \"lo");

        using (var log = new MetricLog(directory, firstStep: 3))
        {
            Assert.Equal([1, 2, 3], log.Kept.Select(step => step.Step));
            log.Add(Step(4));
        }

        Assert.Equal([1, 2, 3, 4], MetricLog.Read(directory.MetricsFile).Select(step => step.Step));
        Assert.Equal([1, 2, 3, 4], Events(directory).Where(e => e.Summary?.Value[0].Tag == "train/loss").Select(e => e.Step));
        Assert.Equal(Step(2), MetricLog.Read(directory.MetricsFile).ElementAt(1));
    }

    [Fact]
    public void A_line_that_is_no_step_is_told_where_lines_follow_it()
    {
        using var folder = new TemporaryFolder();
        var directory = RunDirectory.Create(folder.Path);
        using (var log = new MetricLog(directory, firstStep: 0))
        {
            for (var step = 1; step <= 3; step++) log.Add(Step(step));
        }
        File.WriteAllText(directory.MetricsFile, File.ReadAllText(directory.MetricsFile).Replace("{\"step\":2,", "{\"stop\":2,", StringComparison.Ordinal));

        Assert.Contains("metrics.jsonl:2: is no step", Assert.Throws<NoraException>(() => MetricLog.Read(directory.MetricsFile)).Message, StringComparison.Ordinal);
    }

    /// <summary>The records of a TFRecord file: length, its checksum, data, its checksum.</summary>
    private static List<Event> Events(RunDirectory directory)
    {
        var bytes = File.ReadAllBytes(Assert.Single(Directory.GetFiles(directory.Path, "events.out.tfevents.*")));
        var events = new List<Event>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
            Assert.Equal(MaskedCrc(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            Assert.Equal(MaskedCrc(bytes.AsSpan(at + 12, length)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            events.Add(Event.Parser.ParseFrom(bytes, at + 12, length));
            at += length + 16;
        }
        return events;
    }

    /// <summary>CRC-32C, rotated and shifted as TFRecord has it.</summary>
    private static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82f63b78 : crc >> 1;
        }
        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    private static StepReport Step(int step) => new()
    {
        Step = step,
        Steps = 10,
        Loss = 1f / (2 * step),
        LearningRate = 0.001 * step,
        GradientNorm = 0.1,
        Tokens = 100,
        LabelledTokens = 50,
        Seconds = 0.5,
    };
}
