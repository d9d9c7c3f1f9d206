using System.CommandLine;
using System.Diagnostics;
using NoraPipelines.Benchmarks.Measuring;
using NoraPipelines.Data;
using NoraPipelines.Images;
using SkiaSharp;
using static TorchSharp.torch;

namespace NoraPipelines.Benchmarks.Reading;

/// <summary>
/// `images`: what an image costs to read, and how long training waits for batches of 32 of them. A step is the forward products of some of ViT-B/16's twelve blocks:
/// with one of them, less than a thirtieth of a step's work.
/// </summary>
internal static class ImagesCommand
{
    private const int Width = 500, Height = 375, Quality = 90, Files = 128;
    private const int Size = 224, Batch = 32, Patches = 197, Hidden = 768;
    private const int Steps = 20, FirstSteps = 3, Rounds = 5;

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var picture = new Option<string?>("--picture") { Description = "Parts of it are the images; default: a photo of tests/golden" };
        var blocks = new Option<int>("--blocks") { Description = "Blocks of ViT-B/16 that a step goes through", DefaultValueFactory = _ => 1 };
        var command = new Command("images", "Decoding and augmenting images, and waiting for batches of them") { json, picture, blocks };
        command.SetAction(parsed =>
        {
            var folder = Directory.CreateTempSubdirectory("nora-images-");
            try
            {
                var rows = Write(folder.FullName, parsed.GetValue(picture) ?? Path.Combine(DataCommand.Root(), "tests/golden/clip-preprocess/images/wide-420.jpg"));
                var table = new ResultTable<ImagesRow>(parsed.GetValue(json));
                table.Add([Measure(rows, parsed.GetValue(blocks))]);
                table.End();
            }
            finally
            {
                folder.Delete(recursive: true);
            }
            return 0;
        });
        return command;
    }

    private static LabelledImage[] Write(string folder, string picture)
    {
        var (whole, scale) = (PictureFile.Read(picture), new CropScale(0.3, 1));
        return
        [
            .. Enumerable.Range(0, Files).Select(i =>
            {
                var part = BicubicResampler.Resize(whole, RandomCrop.Draw(whole.Width, whole.Height, scale, new TorchRandom((uint)i)), Width, Height);
                using var bitmap = new SKBitmap(Width, Height);
                bitmap.Pixels = [.. part.Rgb.Chunk(3).Select(rgb => new SKColor(rgb[0], rgb[1], rgb[2]))];
                using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, Quality);
                File.WriteAllBytes(Path.Combine(folder, $"{i}.jpg"), data.ToArray());
                return new LabelledImage(folder, $"{i}.jpg", i % 10);
            }),
        ];
    }

    private static ImagesRow Measure(LabelledImage[] rows, int blocks)
    {
        var transform = new PictureTransform(Size) { Crop = new CropScale(0.08, 1), Flip = 0.5 };
        var pictures = rows.Select(row => row.Read()).ToArray();
        var random = new TorchRandom(1);
        var decode = Typical(() => Array.ForEach(rows, row => row.Read()));
        var train = Typical(() => Array.ForEach(pictures, picture => transform.Apply(picture, random)));
        var test = Typical(() => Array.ForEach(pictures, picture => new PictureTransform(Size).Apply(picture, random)));

        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var weight = rand(Hidden, Hidden); // [hidden, hidden]; a block has twelve of these
        var hidden = rand(Batch * Patches, Hidden); // [rows · patches, hidden]
        var (waiting, waits) = (new Stopwatch(), 0);
        using var stream = new BatchStream<LabelledImage, ImageBatch>(
            rows, new ImageCollator(transform, PixelScale.Clip, seed: 1), Batch, Batch, seed: 1, totalExamples: null, firstStep: 0, CPU)
        {
            Waiting = () =>
            {
                waits++;
                return new Running(waiting);
            },
        };
        var (watch, taking) = (new Stopwatch(), new Stopwatch());
        for (var step = 0; step < FirstSteps + Steps; step++)
        {
            if (step == FirstSteps)
            {
                waits = 0;
                waiting.Reset();
                taking.Reset();
                watch.Start();
            }
            using var inner = NewDisposeScope();
            taking.Start();
            using var batch = stream.Next();
            taking.Stop();
            for (var product = 0; product < 12 * blocks; product++) hidden.mm(weight).Dispose();
        }
        return new ImagesRow(get_num_threads(), decode * 1e3, train * 1e3, test * 1e3, (taking.Elapsed - waiting.Elapsed).TotalMilliseconds / Steps,
            watch.Elapsed.TotalMilliseconds / Steps, waits, waiting.Elapsed.TotalMilliseconds);
    }

    /// <summary>Seconds an image.</summary>
    private static double Typical(Action action) => Median.Of(Enumerable.Range(0, Rounds).Select(_ =>
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalSeconds / Files;
    }).ToArray());

    private sealed class Running : IDisposable
    {
        private readonly Stopwatch _watch;

        public Running(Stopwatch watch) => (_watch = watch).Start();

        public void Dispose() => _watch.Stop();
    }
}

/// <param name="Threads">Of libtorch, beside the one that reads ahead.</param>
/// <param name="DecodeMs">An image, on one thread.</param>
/// <param name="TrainMs">Random crop, resampling, mirroring.</param>
/// <param name="TestMs">Resampling of the middle.</param>
/// <param name="TensorsMs">A batch's bytes made into normalised tensors, on the caller's thread.</param>
/// <param name="Waits">Steps of twenty that found no batch ready.</param>
/// <param name="WaitedMs">What they waited, in all.</param>
internal sealed record ImagesRow(int Threads, double DecodeMs, double TrainMs, double TestMs, double TensorsMs, double StepMs, int Waits, double WaitedMs);
