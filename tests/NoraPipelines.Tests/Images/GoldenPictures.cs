using System.Security.Cryptography;
using System.Text.Json;
using NoraPipelines.Images;

namespace NoraPipelines.Tests.Images;

/// <summary>What Pillow and torchvision made of eleven files (tests/golden/clip-preprocess/README.md).</summary>
internal static class GoldenPictures
{
    private const string Folder = "clip-preprocess";
    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(GoldenFile.Path($"{Folder}/config.json"))).RootElement;

    public static JsonElement Images => Root.GetProperty("images");

    public static JsonElement Boxes => Root.GetProperty("random_resized_crop");

    public static JsonElement Crops => Root.GetProperty("crops");

    public static TheoryData<string> Names => [.. Images.EnumerateObject().Select(image => image.Name)];

    public static string Path(string name) => GoldenFile.Path($"{Folder}/images/{name}");

    public static string Outputs => GoldenFile.Path($"{Folder}/outputs.safetensors");

    public static Picture Read(string name) => PictureFile.Read(Path(name));

    public static string Hash(Picture picture) => Convert.ToHexStringLower(SHA256.HashData(picture.Rgb));

    public static string Text(this JsonElement of, string key) => of.GetProperty(key).GetString()!;

    public static int Whole(this JsonElement of, string key) => of.GetProperty(key).GetInt32();
}
