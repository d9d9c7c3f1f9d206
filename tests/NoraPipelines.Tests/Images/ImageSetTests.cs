using NoraPipelines.Data;
using NoraPipelines.Images;
using NoraPipelines.Tests.Data;

namespace NoraPipelines.Tests.Images;

public sealed class ImageSetTests : IDisposable
{
    private const string Split = "split_zhou_DescribableTextures.json";
    private readonly WrittenFiles _files = new();

    [Fact]
    public void A_split_file_gives_its_rows_in_order_and_classes_in_the_order_of_labels()
    {
        Directory.CreateDirectory(Path.Combine(_files.Folder, "images"));
        _files.Write(Split, """
            {"train": [["b/1.jpg", 1, "für_{0}"], ["a/1.jpg", 0, "Öl"], ["b/2.jpg", 1, "für_{0}"]], "val": [["a/2.jpg", 0, "Öl"]], "test": [["c/1.jpg", 2, "100%"]]}
            """);
        var set = ImageSets.Open(_files.Folder);
        Assert.Equal(["Öl", "für_{0}", "100%"], set.Classes);
        Assert.Equal([("b/1.jpg", 1), ("a/1.jpg", 0), ("b/2.jpg", 1)], set.Train.Select(row => (row.Name, row.Label)));
        Assert.Equal(Path.Combine(_files.Folder, "images", "a/2.jpg"), Assert.Single(set.Validation).Path);
        Assert.Equal(2, Assert.Single(set.Test).Label);
        Assert.Empty(set.Warnings);
        Assert.Equal(["a photo of a Öl.", "a photo of a für {0}.", "a photo of a 100%."], set.Classes.Select(name => ClassNames.Prompt("a photo of a {}.", name)));
    }

    [Theory]
    [InlineData("images")]
    [InlineData("UCF-101-midframes")]
    [InlineData("")]
    public void Paths_of_a_split_file_begin_at_the_folder_of_the_images(string images)
    {
        _files.Write(Path.Combine(images, "a.jpg"), "");
        _files.Write(Split, """{"train": [["a.jpg", 0, "a"]], "val": [], "test": []}""");
        Assert.True(File.Exists(ImageSets.Open(_files.Folder).Train[0].Path));
    }

    [Fact]
    public void Labels_with_gaps_and_rows_that_stand_twice_are_told()
    {
        _files.Write(Split, """
            {"train": [["a.jpg", 2, "a"], ["a.jpg", 2, "a"], ["b.jpg", 5, "b"], ["b.jpg", 7, "a"]], "val": [["c.jpg", 5, "b"]], "test": [["a.jpg", 2, "a"]]}
            """);
        var set = ImageSets.Open(_files.Folder);
        Assert.Equal([0, 0, 1, 2], set.Train.Select(row => row.Label));
        Assert.Equal(["a", "b", "a"], set.Classes);
        Assert.Collection(set.Warnings,
            told => Assert.Contains("labels go up to 7 and 3 of them occur, 0 does not: the classes are numbered from 0 in the order of their labels", told),
            told => Assert.Contains("2 labels are called \"a\"", told),
            told => Assert.Contains("2 images stand more than once in `train`, the first is a.jpg. Each row counts.", told),
            told => Assert.Contains("1 image of `test` can be trained on too, the first is a.jpg.", told),
            told => Assert.Contains("1 row gives an image another class than an earlier row, the first is of b.jpg.", told));
    }

    [Theory]
    [InlineData("[]", "the file is []; expected an object")]
    [InlineData("{\"train\": 1}", "`train` is 1; expected a list of rows")]
    [InlineData("{\"train\": []}", "there is no row in `train`")]
    [InlineData("{\"trian\": []}", "there is a part `trian`; expected `train`, `val` and `test`")]
    [InlineData("{\"train\": [], \"train\": []}", "the file is no JSON")]
    [InlineData("{\"train\": [[\"a\", 0]]}", "train[0] is [\"a\", 0]; expected [path, label, class name]")]
    [InlineData("{\"train\": [[\"a\", 0, \"a\"], [\"a\", -1, \"a\"]]}", "the label of train[1] is -1; expected a whole number from 0")]
    [InlineData("{\"train\": [[\"a\", 1.5, \"a\"]]}", "the label of train[0] is 1.5")]
    [InlineData("{\"train\": [[\"a\", 9999999999, \"a\"]]}", "the label of train[0] is 9999999999")]
    [InlineData("{\"train\": [[\"a\", 0, \" \"]]}", "the class name of train[0] is \" \"; expected a text")]
    [InlineData("{\"train\": [[7, 0, \"a\"]]}", "the path of train[0] is 7; expected a text")]
    [InlineData("{\"train\": [[\"../a\", 0, \"a\"]]}", "the path of train[0] is \"../a\"; expected a path below the folder of the images")]
    [InlineData("{\"train\": [[\"a/./b\", 0, \"a\"]]}", "expected a path below")]
    [InlineData("{\"train\": [[\"/etc/passwd\", 0, \"a\"]]}", "expected a path below")]
    [InlineData("{\"train\": [[\"C:\\\\a\", 0, \"a\"]]}", "expected a path below")]
    [InlineData("{\"train\": [[\"a\\u0000b\", 0, \"a\"]]}", "expected a path below")]
    [InlineData("{\"train\": [[\"\\ud800\", 0, \"a\"]]}", "half of a surrogate pair")]
    [InlineData("{\"train\": [[\"a\", 0, \"a\"]], \"test\": [[\"b\", 0, \"b\"]]}", "test[0] calls the label 0 \"b\", an earlier row calls it \"a\"; expected one name for a label")]
    [InlineData("{\"train\": [[\"a\", 0, ", "the file is no JSON")]
    public void A_split_file_that_is_not_as_expected_is_told_with_the_place(string json, string said)
    {
        var path = _files.Write(Split, json);
        var refused = Assert.Throws<DataException>(() => ImageSets.Open(_files.Folder));
        Assert.StartsWith(path + ": ", refused.Message);
        Assert.Contains(said, refused.Message);
    }

    [Theory]
    [InlineData("dtd", ImageLayout.Auto, "split_zhou_DescribableTextures.json")]
    [InlineData("Food101", ImageLayout.Auto, "split_zhou_Food101.json")]
    [InlineData("oxford_pets", ImageLayout.SplitFile, "split_zhou_OxfordPets.json")]
    [InlineData("other", ImageLayout.SplitFile, "split_zhou_*.json")]
    public void Without_its_split_file_a_data_set_is_an_error_that_names_it(string folder, ImageLayout layout, string file)
    {
        _files.Write($"{folder}/images/a/1.jpg", "");
        var path = Path.Combine(_files.Folder, folder);
        Assert.StartsWith($"{Path.Combine(path, file)}: there is no such file", Assert.Throws<DataException>(() => ImageSets.Open(path, layout)).Message);
    }

    [Fact]
    public void Of_several_split_files_one_is_named()
    {
        foreach (var name in (string[])["a", "b"]) _files.Write($"split_zhou_{name}.json", $$"""{"train": [["a.jpg", 0, "{{name}}"]]}""");
        Assert.Contains("several split files, split_zhou_a.json, split_zhou_b.json", Assert.Throws<DataException>(() => ImageSets.Open(_files.Folder)).Message);
        Assert.Equal(["b"], ImageSets.Open(_files.Folder, splitFile: "split_zhou_b.json").Classes);
        Assert.Contains("the split file is \"../c.json\"; expected a name below the folder", Assert.Throws<DataException>(() => ImageSets.Open(_files.Folder, splitFile: "../c.json")).Message);
        Assert.Contains("c.json: there is no such file", Assert.Throws<DataException>(() => ImageSets.Open(_files.Folder, splitFile: "c.json")).Message);
    }

    [Fact]
    public void Folders_of_classes_are_read_in_ordinal_order_and_no_name_is_passed_over()
    {
        foreach (var file in (string[])["train/sushi/b.jpg", "train/sushi/a.PNG", "train/Fish/1.webp", "train/ähre/1.jpeg", "valid/Fish/2.jpg", "test/sushi/3.jpg", "test/ähre/3.jpg"])
            _files.Write(file, "");
        foreach (var file in (string[])["train/sushi/notes.txt", "train/Fish/Thumbs.db", "train/Fish/.hidden", "test/sushi/more.txt", "train/Fish/inner/1.jpg"]) _files.Write(file, "");
        var set = ImageSets.Open(_files.Folder);
        Assert.Equal(["Fish", "sushi", "ähre"], set.Classes);
        Assert.Equal([("train/Fish/1.webp", 0), ("train/sushi/a.PNG", 1), ("train/sushi/b.jpg", 1), ("train/ähre/1.jpeg", 2)], set.Train.Select(row => (row.Name, row.Label)));
        Assert.Equal(["valid/Fish/2.jpg"], set.Validation.Select(row => row.Name));
        Assert.Equal([1, 2], set.Test.Select(row => row.Label));
        Assert.Equal([$"{_files.Folder}: not read: .db (1), .txt (2), inner (1). Images end in .jpg, .jpeg, .png, .webp, .gif, .bmp."], set.Warnings);
    }

    [Fact]
    public void Folders_of_classes_alone_are_all_to_train_on()
    {
        foreach (var file in (string[])["b/1.jpg", "a/1.jpg"]) _files.Write(file, "");
        var set = ImageSets.Open(_files.Folder);
        Assert.Equal(["a/1.jpg", "b/1.jpg"], set.Train.Select(row => row.Name));
        Assert.Empty(set.Validation);
        Assert.Empty(set.Test);
    }

    [Theory]
    [InlineData("test/a/1.jpg", "there is a folder test and none train")]
    [InlineData("train/a/1.jpg test/b/1.jpg", "test/b: there is no class of that name in train; expected a.")]
    [InlineData("train/a/1.jpg val/a/1.jpg valid/a/1.jpg", "there are folders val and valid; expected one of them")]
    [InlineData("train/a/1.jpg train/b/1.txt", "train/b: the folder of a class holds no image")]
    [InlineData("1.jpg", "there is no folder for a class, and no split_zhou_….json")]
    [InlineData("train/1.jpg", "train: there is no folder for a class")]
    public void Folders_that_are_not_as_expected_are_told(string files, string said)
    {
        foreach (var file in files.Split(' ')) _files.Write(file, "");
        var refused = Assert.Throws<DataException>(() => ImageSets.Open(_files.Folder));
        Assert.StartsWith(_files.Folder, refused.Message);
        Assert.Contains(said, refused.Message);
    }

    [Fact]
    public void A_file_of_names_takes_the_place_of_the_classes()
    {
        foreach (var file in (string[])["n01/1.jpg", "n02/1.jpg"]) _files.Write(file, "");
        Assert.Equal(["goldfish", "great_white {shark}"], ImageSets.Open(_files.Folder, classNames: _files.Write("names.txt", "\uFEFFgoldfish\r\n great_white {shark}\r\n")).Classes);
        Assert.Contains("names.txt: there are 3 names; expected 2, a line for each class in the order of the classes (n01, …, n02)",
            Assert.Throws<DataException>(() => ImageSets.Open(_files.Folder, classNames: _files.Write("names.txt", "a\nb\nc"))).Message);
        Assert.Contains("names.txt:2: the line is blank", Assert.Throws<DataException>(() => ImageSets.Open(_files.Folder, classNames: _files.Write("names.txt", "a\n\nc"))).Message);
        Assert.Contains("names.txt: byte 2 is no UTF-8", Assert.Throws<DataException>(() => ImageSets.Open(_files.Folder, classNames: _files.Write("names.txt", [65, 0xFF]))).Message);
    }

    [Theory]
    [InlineData("a photo.", "no {}")]
    [InlineData("{} and {}", "more than one {}")]
    public void A_template_has_one_place_for_the_class(string template, string said) =>
        Assert.Contains(said, Assert.Throws<DataException>(() => ClassNames.Prompt(template, "a")).Message);

    [Fact]
    public void No_link_leads_out_of_the_data_set()
    {
        var outside = _files.Write("outside/secret.jpg", File.ReadAllBytes(GoldenPictures.Path("small-32.jpg")));
        _files.Write("set/a/1.jpg", File.ReadAllBytes(outside));
        var set = Path.Combine(_files.Folder, "set");
        File.CreateSymbolicLink(Path.Combine(set, "a", "2.jpg"), Path.Combine("..", "..", "outside", "secret.jpg"));
        File.CreateSymbolicLink(Path.Combine(set, "a", "3.jpg"), "1.jpg");
        Directory.CreateSymbolicLink(Path.Combine(_files.Folder, "link"), set);
        var rows = ImageSets.Open(Path.Combine(_files.Folder, "link")).Train;
        Assert.Equal(3, rows.Count);
        Assert.Equal(rows[0].Read().Rgb, rows[2].Read().Rgb);
        foreach (var use in (Action[])[() => rows[1].Read(), () => rows[1].ReadHeader(), rows[1].Find])
            Assert.Contains("2.jpg is a link to", Assert.Throws<DataException>(use).Message);
        Directory.CreateSymbolicLink(Path.Combine(set, "b"), Path.Combine(_files.Folder, "outside"));
        Assert.Contains("is a link to", Assert.Throws<DataException>(() => ImageSets.Open(set)).Message);
        File.CreateSymbolicLink(Path.Combine(set, "split_zhou_a.json"), outside);
        Assert.Contains("split_zhou_a.json is a link to", Assert.Throws<DataException>(() => ImageSets.Open(set)).Message);
    }

    [Fact]
    public void A_few_rows_of_every_class_are_drawn_and_test_rows_stay()
    {
        foreach (var part in (string[])["train", "val", "test"])
            for (var i = 0; i < 30; i++) _files.Write($"{part}/{(char)('a' + i % 3)}/{i}.jpg", "");
        var (set, draw) = (ImageSets.Open(_files.Folder), ImageSets.Open(_files.Folder).Draw(FewShotSampler.Coop, 5, seed: 2));
        Assert.All(draw.Train.CountBy(row => row.Label), count => Assert.Equal(5, count.Value));
        Assert.Equal(12, draw.Validation.Count);
        Assert.Equal(set.Test, draw.Test);
        Assert.Equal(draw.Train, set.Draw(FewShotSampler.Coop, 5, seed: 2).Train);
        Assert.NotEqual(draw.Train, set.Draw(FewShotSampler.Coop, 5, seed: 1).Train);
    }

    [SharedFact("data/images/cifar10-sample")]
    public void Photos_in_folders_of_classes_can_all_be_read()
    {
        var set = ImageSets.Open(Shared.Path("data/images/cifar10-sample"));
        Assert.Equal(["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"], set.Classes);
        Assert.Empty(set.Warnings);
        Assert.All(set.Train.CountBy(row => row.Label), count => Assert.Equal(100, count.Value));
        Assert.All(set.Test.CountBy(row => row.Label), count => Assert.Equal(40, count.Value));
        Assert.Equal(set.Train, ImageCheck.Of(set.Train, ImageCheckDepth.Whole, OnImageError.Stop).Kept);
    }

    public void Dispose() => _files.Dispose();
}
