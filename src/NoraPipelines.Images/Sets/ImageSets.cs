using NoraPipelines.Data;

namespace NoraPipelines.Images;

/// <summary>Opens data sets of images. Files of images are named, not looked for and not read: <see cref="ImageCheck"/> does that for the rows that are used.</summary>
public static class ImageSets
{
    private const string Pattern = "split_zhou_*.json";

    // The folders of CoOp and of CLIP-LoRA.
    private static readonly Dictionary<string, string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["food-101"] = "split_zhou_Food101.json",
        ["Food101"] = "split_zhou_Food101.json",
        ["oxford_pets"] = "split_zhou_OxfordPets.json",
        ["OxfordPets"] = "split_zhou_OxfordPets.json",
        ["dtd"] = "split_zhou_DescribableTextures.json",
        ["ucf101"] = "split_zhou_UCF101.json",
        ["stanford_cars"] = "split_zhou_StanfordCars.json",
        ["StanfordCars"] = "split_zhou_StanfordCars.json",
    };

    /// <param name="folder">Of the data set.</param>
    /// <param name="splitFile">Its name below the folder; null: the only split_zhou_….json there.</param>
    /// <param name="classNames">A file with the name of each class, a line each in the order of the classes: in place of the data set's own names. Null: none.</param>
    /// <exception cref="DataException">The folder is not as the layout says; the message begins with the file or folder.</exception>
    public static ImageSet Open(string folder, ImageLayout layout = ImageLayout.Auto, string? splitFile = null, string? classNames = null)
    {
        if (!Directory.Exists(folder)) throw new DataException($"{folder}: there is no such folder; expected a data set of images.");
        var split = layout == ImageLayout.Folders ? null : SplitFileOf(folder, layout, splitFile);
        var set = split is null ? ClassFolders.Read(folder) : SplitFile.Read(split, ImagesOf(folder));
        return classNames is null ? set : set with { Classes = ClassNames.Read(classNames, set.Classes) };
    }

    private static string? SplitFileOf(string folder, ImageLayout layout, string? name)
    {
        if (name is not null)
            return InFolder.IsBelow(name) ? Held(folder, name) : throw new DataException($"{folder}: the split file is \"{name}\"; expected a name below the folder.");
        string[] found = [.. InFolder.Guard(folder, () => Directory.GetFiles(folder, Pattern)).Order(StringComparer.Ordinal)];
        if (found.Length > 1)
            throw new DataException($"{folder}: there are several split files, {string.Join(", ", found.Select(Path.GetFileName))}. Name one of them in `split_file`.");
        if (found is [var only]) return Held(folder, Path.GetFileName(only));
        var expected = Known.GetValueOrDefault(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))));
        if (layout == ImageLayout.Auto && expected is null) return null;
        throw new DataException($"{Path.Combine(folder, expected ?? Pattern)}: there is no such file, which says what is trained on and what is tested. Get it where "
            + "CoOp's DATASETS.md says"
            + (layout == ImageLayout.Auto ? ", or write `layout: folders` for a folder per class, which is no published split." : "."));
    }

    private static string Held(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        InFolder.Check(folder, path);
        return path;
    }

    // Where the paths of a split file begin.
    private static string ImagesOf(string folder) =>
        ((string[])["images", "UCF-101-midframes"]).Select(name => Path.Combine(folder, name)).FirstOrDefault(Directory.Exists) ?? folder;
}
