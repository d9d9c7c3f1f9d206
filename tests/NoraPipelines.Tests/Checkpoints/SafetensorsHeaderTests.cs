using System.Text;

namespace NoraPipelines.Tests.Checkpoints;

public class SafetensorsHeaderTests
{
    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16,
        "tensor 'a' stands twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "stands twice")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", 8, "dtype 'F8_E4M3', expected one of F64, F32")]
    [InlineData("""{"a":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}""", 8, "dtype 'f32', expected one of")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8,
        "tensor 'a' has -2 in 'shape', expected whole numbers from 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""", 8, "has 2.0 in 'shape'")]
    [InlineData("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", 8, "has a text in 'shape'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}""", 8, "has 99999999999999999999 in 'shape'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "beyond 63 bits")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "beyond 63 bits")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8,
        "has 8 bytes (data_offsets [0, 8]), expected 12: F32 of shape [3]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "expected the end not to lie before the beginning")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,16]}}""", 8, "has 3 data_offsets, expected 2")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "but the file holds only 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, "4 bytes follow the last tensor, expected none")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12,
        "begins at byte 4, expected 0: the bytes between belong to no tensor")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[8],"data_offsets":[4,12]}}""", 12,
        "tensor 'b' begins at byte 4, inside tensor 'a', which ends at 8")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,9223372036854775807]}}""", 8, "expected 1: U8 of shape [1]")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "tensor 'a' has no 'dtype'")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "has 'dtype' twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"crc":1}}""", 8, "has the key 'crc'")]
    [InlineData("""{"a":{"dtype":4,"shape":[2],"data_offsets":[0,8]}}""", 8, "has a number as 'dtype', expected a text")]
    [InlineData("""{"a":{"dtype":"F32","shape":{},"data_offsets":[0,8]}}""", 8, "has an object as 'shape', expected a list")]
    [InlineData("""{"a":[1,2]}""", 0, "tensor 'a' is a list, expected an object")]
    [InlineData("""{"__metadata__":{"format":1}}""", 0, "'__metadata__' maps 'format' to a number, expected a text")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", 0, "has the key 'a' twice")]
    [InlineData("""{"__metadata__":"pt"}""", 0, "'__metadata__' is a text, expected an object")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", 8, "not valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}{}""", 8, "not valid JSON")]
    [InlineData("""{"a\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "not Unicode")]
    [InlineData("""[]""", 0, "the header begins with byte 0x5b, expected '{'")]
    [InlineData("", 0, "the header begins with nothing, expected '{'")]
    public void A_malformed_header_is_refused_with_what_was_found_and_expected(string header, int dataBytes, string message) =>
        Assert.Contains(message, RawSafetensors.Refusal(RawSafetensors.Bytes(header, dataBytes)));

    [Theory]
    [InlineData(ulong.MaxValue, "states a header of 18446744073709551615 bytes, expected at most 100000000")]
    [InlineData(1UL << 63, "expected at most 100000000")]
    [InlineData(100_000_001, "expected at most 100000000")]
    [InlineData(99_999_999, "states a header of 99999999 bytes, but the file has only 2 after the length")]
    [InlineData(3, "states a header of 3 bytes, but the file has only 2 after the length")]
    public void A_lying_length_is_refused_with_both_lengths(ulong stated, string message) =>
        Assert.Contains(message, RawSafetensors.Refusal(RawSafetensors.Bytes("{}", 0, stated)));

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("short", "has 5 bytes, expected at least 8")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n", "git lfs pull")]
    [InlineData("PK\u0003\u0004 archive/data.pkl", "pickles are never loaded")]
    [InlineData("GGUF\u0003\0\0\0\0\0\0\0", "GGUF form")]
    [InlineData("<!DOCTYPE html><html>", "the file is a web page")]
    public void Another_kind_of_file_is_refused_by_its_name(string content, string message) =>
        Assert.Contains(message, RawSafetensors.Refusal(Encoding.Latin1.GetBytes(content)));

    [Fact]
    public void A_pickle_is_refused_by_its_name() =>
        Assert.Contains("Python pickle", RawSafetensors.Refusal([0x80, 2, .. "}q\0X\u0001"u8]));

    [Fact]
    public void A_header_that_is_not_utf8_is_refused()
    {
        byte[] header = [.. "{\"a"u8, 0xff, .. "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"u8];
        Assert.Contains("not valid UTF-8", RawSafetensors.Refusal(RawSafetensors.Bytes(header, 0)));
    }

    [Fact]
    public void A_header_nested_without_end_is_refused() =>
        Assert.Contains("tensor 'a' has a list in 'shape'",
            RawSafetensors.Refusal(RawSafetensors.Bytes("{\"a\":{\"shape\":" + new string('[', 50_000), 0)));

    [Fact]
    public void More_dimensions_than_libtorch_takes_are_refused()
    {
        var shape = string.Join(",", Enumerable.Repeat(1, 65));
        Assert.Contains("has 65 dimensions, expected at most 64",
            RawSafetensors.Refusal(RawSafetensors.Bytes($$$"""{"a":{"dtype":"U8","shape":[{{{shape}}}],"data_offsets":[0,1]}}""", 1)));
    }
}
