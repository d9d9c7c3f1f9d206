using NoraPipelines.Data;
using NoraPipelines.Images;
using NoraPipelines.Tests.Data;
using static TorchSharp.torch;

namespace NoraPipelines.Tests.Images;

public sealed class ImageCollatorTests : IDisposable
{
    private static readonly PictureTransform Training = new(24) { Crop = new CropScale(0.08, 1), Flip = 0.5 };
    private static readonly PictureTransform Testing = new(24);

    private readonly WrittenFiles _files = new();
    private readonly LabelledImage[] _rows =
    [
        .. GoldenPictures.Images.EnumerateObject().Select((image, i) => new LabelledImage(GoldenFile.Path("clip-preprocess/images"), image.Name, i % 3)),
    ];

    private BatchStream<LabelledImage, ImageBatch> Stream(PictureTransform transform, int seed = 5, int firstStep = 0, int threads = 1, int microBatch = 2) =>
        new(_rows, new ImageCollator(transform, PixelScale.Clip, seed, threads), batch: 4, microBatch, seed: 1, totalExamples: null, firstStep, CPU);

    [Fact]
    public void A_batch_holds_the_images_of_its_rows_and_their_classes()
    {
        using var scope = NewDisposeScope();
        using var stream = Stream(Testing);
        for (var step = 0; step < 4; step++)
        {
            using var batch = stream.Next();
            Assert.Equal((4, 4, 2), (batch.Weight, batch.Tokens, batch.MicroBatches.Count));
            var rows = new Queue<int>(batch.Rows);
            foreach (var micro in batch.MicroBatches)
            {
                LabelledImage[] own = [_rows[rows.Dequeue()], _rows[rows.Dequeue()]];
                Assert.Equal(own.Select(row => (long)row.Label), micro.Labels.data<long>().ToArray());
                using var expected = ImageBatches.Of([.. own.Select(row => Testing.Apply(row.Read(), new TorchRandom(0)))], [.. own.Select(row => row.Label)], PixelScale.Clip);
                Assert.Equal([2, 3, 24, 24], micro.Pixels.shape);
                Assert.Equal(ScalarType.Float32, micro.Pixels.dtype);
                Assert.Equal(expected.Pixels.data<float>().ToArray(), micro.Pixels.data<float>().ToArray());
            }
        }
    }

    [Fact]
    public void The_same_seed_draws_the_same_crops_on_any_number_of_threads_and_wherever_a_run_resumes()
    {
        using var scope = NewDisposeScope();
        using var whole = Stream(Training);
        for (var step = 0; step < 8; step++)
        {
            var expected = Values(whole);
            using var again = Stream(Training, firstStep: step, threads: 1 + step % 4, microBatch: 4);
            Assert.Equal(expected, Values(again));
        }
    }

    [Fact]
    public void Every_epoch_and_every_seed_draws_other_crops()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(11, _rows.Length);
        float[] Epoch(int seed, long epoch) => [.. Passes(new ImageCollator(Training, PixelScale.Clip, seed), epoch * 11, [3]).SelectMany(pixels => pixels)];
        Assert.Equal(Epoch(1, 0), Epoch(1, 0));
        Assert.NotEqual(Epoch(1, 0), Epoch(1, 1));
        Assert.NotEqual(Epoch(1, 0), Epoch(2, 0));
    }

    [Fact]
    public void What_is_drawn_for_a_row_does_not_depend_on_the_others()
    {
        using var scope = NewDisposeScope();
        var collator = new ImageCollator(Training, PixelScale.Clip, 1);
        var both = Passes(collator, 22, [3, 7]);
        Assert.Equal(both[1], Assert.Single(Passes(collator, 27, [7])));
    }

    [Fact]
    public void An_image_that_cannot_be_read_ends_the_stream_with_the_first_of_them()
    {
        _rows[2] = new LabelledImage(_files.Folder, "a.jpg", 0);
        _rows[6] = new LabelledImage(_files.Folder, "b.jpg", 0);
        var collator = new ImageCollator(Testing, PixelScale.Clip, 1, threads: 4);
        for (var i = 0; i < 10; i++)
            Assert.Contains("a.jpg: there is no such file", Assert.Throws<DataException>(() => collator.Collate(_rows, 0, [0, 1, 2, 6], 4)).Message);
        using var stream = new BatchStream<LabelledImage, ImageBatch>(_rows, collator, 11, 11, seed: 1, null, 0, CPU);
        Assert.Contains("there is no such file", Assert.Throws<DataException>(() => stream.Next()).Message);
    }

    [Fact]
    public void For_evaluation_every_row_comes_once_and_in_order()
    {
        using var scope = NewDisposeScope();
        var (pixels, labels, sizes) = (new List<float>(), new List<long>(), new List<long>());
        foreach (var batch in ImageBatches.InOrder(_rows, Testing, PixelScale.Clip, 4, CPU))
        {
            using var own = batch;
            pixels.AddRange(own.Pixels.data<float>());
            labels.AddRange(own.Labels.data<long>());
            sizes.Add(own.Labels.numel());
        }
        Assert.Equal([4, 4, 3], sizes);
        Assert.Equal(_rows.Select(row => (long)row.Label), labels);
        using var all = ImageBatches.Of([.. _rows.Select(row => Testing.Apply(row.Read(), new TorchRandom(0)))], [.. _rows.Select(row => row.Label)], PixelScale.Clip);
        Assert.Equal(all.Pixels.data<float>().ToArray(), pixels);
        Assert.Empty(ImageBatches.InOrder([], Testing, PixelScale.Clip, 4, CPU));
        Assert.Throws<ArgumentException>(() => ImageBatches.InOrder(_rows, Training, PixelScale.Clip, 4, CPU).First());
    }

    [Fact]
    public void The_mark_of_a_data_set_differs_where_files_classes_transform_or_seed_do()
    {
        string Mark(IReadOnlyList<LabelledImage> rows, PictureTransform? transform = null, int seed = 1) => new ImageCollator(transform ?? Training, PixelScale.Clip, seed).ContentMark(rows);
        LabelledImage[] Own(int label, string bytes) => [new(_files.Folder, Path.GetFileName(_files.Write("a.jpg", bytes)), label)];
        Assert.Equal(Mark(_rows), Mark([.. _rows]));
        string[] marks = [Mark(_rows), Mark(_rows, seed: 2), Mark(_rows, Testing), Mark(_rows[1..]), Mark(Own(0, "1")), Mark(Own(1, "1")), Mark(Own(0, "12"))];
        Assert.Equal(marks.Length, marks.Distinct().Count());
        Assert.StartsWith("11 images, sha256 ", marks[0]);
    }

    public void Dispose() => _files.Dispose();

    private static float[] Values(BatchStream<LabelledImage, ImageBatch> stream)
    {
        using var batch = stream.Next();
        return [.. batch.MicroBatches.SelectMany(micro => micro.Pixels.data<float>().ToArray())];
    }

    private List<float[]> Passes(ImageCollator collator, long first, int[] step) => [.. collator.Collate(_rows, first, step, 1).Select(pass =>
    {
        using var batch = pass.ToDevice(CPU);
        return batch.Pixels.data<float>().ToArray();
    })];
}
