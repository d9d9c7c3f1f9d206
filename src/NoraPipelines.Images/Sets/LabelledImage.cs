using NoraPipelines.Data;

namespace NoraPipelines.Images;

/// <summary>A row of a data set of images.</summary>
/// <param name="Folder">The folder that the file may not leave.</param>
/// <param name="Name">The file's path below it, with "/".</param>
/// <param name="Label">The number of the class, from 0.</param>
public sealed record LabelledImage(string Folder, string Name, int Label)
{
    /// <summary>Where the file is.</summary>
    public string Path => System.IO.Path.Combine(Folder, Name);

    /// <exception cref="DataException">As of <see cref="PictureFile.Read"/>, or a link leads out of the folder.</exception>
    public Picture Read()
    {
        Find();
        return PictureFile.Read(Path);
    }

    /// <exception cref="DataException">As of <see cref="PictureFile.ReadHeader"/>, or a link leads out of the folder.</exception>
    public PictureHeader ReadHeader()
    {
        Find();
        return PictureFile.ReadHeader(Path);
    }

    /// <summary>Looks whether the file is there; it is not opened.</summary>
    /// <exception cref="DataException">It is not, or a link leads out of the folder.</exception>
    public void Find()
    {
        if (!File.Exists(Path)) throw new DataException($"{Path}: there is no such file.");
        InFolder.Check(Folder, Path);
    }
}
