namespace MedR1.Modeling.Tests.Safetensors;

/// <summary>Breaks every rule of the format once.</summary>
public sealed class SafetensorsFormatTests : IDisposable
{
    private const string U8 = """{"dtype":"U8","shape":[4],"data_offsets":[0,4]}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("[]", 0, "the header does not begin with '{'")]
    [InlineData(" {}", 0, "the header does not begin with '{'")]
    [InlineData("", 0, "the header does not begin with '{'")]
    [InlineData("{", 0, "the header is not valid JSON")]
    [InlineData("{} {}", 0, "the header is not valid JSON")]
    [InlineData("{}x", 0, "the header is not valid JSON")]
    [InlineData("{\"\u00e4\":1}", 0, "the header is not valid UTF-8")]
    [InlineData("""{"\ud800":1}""", 0, "the header is not valid JSON")]
    [InlineData("{}", 1, "the tensors have 0 bytes, but 1 follow the header: bytes at the end belong to no tensor")]
    public void Refuses_a_header_that_is_not_a_description(string header, int dataLength, string problem) =>
        AssertBroken(header, dataLength, null, problem);

    [Theory]
    [InlineData("""{"__metadata__":[]}""", "__metadata__ is a JSON StartArray, not a StartObject")]
    [InlineData("""{"__metadata__":{"a":1}}""", "'a' of __metadata__ is a JSON Number, not a String")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""", "'a' occurs twice in __metadata__")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", "__metadata__ occurs twice in the header")]
    public void Refuses_metadata_that_is_not_text(string header, string problem) =>
        AssertBroken(header, 0, null, problem);

    [Theory]
    [InlineData("1", "its description is a JSON Number, not a StartObject")]
    [InlineData("""{"shape":[4],"data_offsets":[0,4]}""", "its description has no dtype")]
    [InlineData("""{"dtype":"U8","data_offsets":[0,4]}""", "its description has no shape")]
    [InlineData("""{"dtype":"U8","shape":[4]}""", "its description has no data_offsets")]
    [InlineData(
        """{"dtype":"U8","dtype":"U8","shape":[4],"data_offsets":[0,4]}""",
        "dtype occurs twice in its description")]
    [InlineData(
        """{"dtype":"U8","shape":[4],"shape":[4],"data_offsets":[0,4]}""",
        "shape occurs twice in its description")]
    [InlineData("""{"dtype":8,"shape":[4],"data_offsets":[0,4]}""", "dtype is a JSON Number, not a String")]
    [InlineData(
        """{"dtype":"F4","shape":[4],"data_offsets":[0,4]}""",
        "the type 'F4' is unknown. Convert it to one of BOOL, U8")]
    [InlineData("""{"dtype":"u8","shape":[4],"data_offsets":[0,4]}""", "the type 'u8' is unknown")]
    [InlineData("""{"dtype":"U8","shape":4,"data_offsets":[0,4]}""", "shape is a JSON Number, not a StartArray")]
    [InlineData("""{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}""", "'-4' in shape is not an integer from 0")]
    [InlineData("""{"dtype":"U8","shape":[4.0],"data_offsets":[0,4]}""", "'4.0' in shape is not an integer from 0")]
    [InlineData("""{"dtype":"U8","shape":["4"],"data_offsets":[0,4]}""", "'4' in shape is not an integer from 0")]
    [InlineData(
        """{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,4]}""",
        "'99999999999999999999' in shape")]
    [InlineData(
        """{"dtype":"U8","shape":[5],"data_offsets":[0,4]}""",
        "a tensor U8 [5] has 5 bytes, but data_offsets [0, 4] span 4")]
    [InlineData(
        """{"dtype":"F32","shape":[4],"data_offsets":[0,4]}""",
        "a tensor F32 [4] has 16 bytes, but data_offsets [0, 4]")]
    [InlineData(
        """{"dtype":"U8","shape":[4],"data_offsets":[4,0]}""",
        "data_offsets is [4, 0], not a start followed by an end")]
    [InlineData(
        """{"dtype":"U8","shape":[4],"data_offsets":[0,4,4]}""",
        "data_offsets is [0, 4, 4], not a start followed by an end")]
    [InlineData("""{"dtype":"U8","shape":[4],"data_offsets":[0]}""", "data_offsets is [0], not a start followed by an end")]
    [InlineData(
        """{"dtype":"F64","shape":[4611686018427387904,4],"data_offsets":[0,4]}""",
        "a tensor F64 [4611686018427387904, 4] has more bytes than a file can hold")]
    [InlineData(
        """{"dtype":"F64","shape":[9223372036854775807,9223372036854775807,99],"data_offsets":[0,4]}""",
        "has more bytes than a file can hold")]
    [InlineData(
        """{"dtype":"U8","shape":[4],"data_offsets":[1,5]}""",
        "begin at 1, but the start of the data is at 0: they leave a gap")]
    public void Refuses_a_description_that_breaks_a_rule(string description, string problem) =>
        AssertBroken($$"""{"w":{{description}} }""", 4, "w", problem);

    [Theory]
    [InlineData("[2,6]", 6, "b", "its bytes begin at 2, but the end of tensor 'a' is at 4: they overlap")]
    [InlineData("[0,4]", 4, "b", "its bytes begin at 0, but the end of tensor 'a' is at 4: they overlap")]
    [InlineData("[5,9]", 9, "b", "its bytes begin at 5, but the end of tensor 'a' is at 4: they leave a gap")]
    [InlineData("[4,8]", 7, null, "the tensors have 8 bytes, but 7 follow the header: the file is truncated")]
    [InlineData(
        "[4,8]",
        9,
        null,
        "the tensors have 8 bytes, but 9 follow the header: bytes at the end belong to no tensor")]
    public void Refuses_tensors_that_do_not_cover_the_data(
        string offsets, int dataLength, string? tensor, string problem)
    {
        string second = $$"""{"dtype":"U8","shape":[4],"data_offsets":{{offsets}} }""";
        AssertBroken($$"""{"a":{{U8}},"b":{{second}} }""", dataLength, tensor, problem);
    }

    [Fact]
    public void Refuses_a_name_that_occurs_twice() =>
        AssertBroken($$"""{"a":{{U8}},"a":{{U8}} }""", 4, "a", "the name occurs twice in the header");

    [Theory]
    [InlineData(100_000_001UL, "the header length is 100000001 bytes, more than the format's limit of 100000000")]
    [InlineData(ulong.MaxValue, "the header length is 18446744073709551615 bytes")]
    [InlineData(100UL, "the header length is 100 bytes, but 6 follow it")]
    public void Refuses_a_header_longer_than_the_file_or_the_limit(ulong length, string problem)
    {
        string path = _folder.Write("a.safetensors", "{}", 4, length);

        AssertMessage(path, null, problem);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Refuses_a_file_shorter_than_the_length_of_its_header(int length)
    {
        string path = _folder.File("a.safetensors");
        File.WriteAllBytes(path, new byte[length]);

        AssertMessage(path, null, $"the file has {length} bytes");
    }

    [Fact]
    public void Refuses_a_pointer_of_Git_LFS_and_says_how_to_get_the_weights()
    {
        string path = _folder.File("a.safetensors");
        File.WriteAllText(path, "version https://git-lfs.github.com/spec/v1\noid sha256:0000\nsize 4429000000\n");

        AssertMessage(path, null, "run 'git lfs pull'");
    }

    [Fact]
    public void Accepts_what_the_format_allows()
    {
        // Offsets in a different order than the names, an empty tensor, a scalar, an unknown field, trailing spaces.
        string path = _folder.Write(
            "a.safetensors",
            """
            {"b":{"data_offsets":[4,8],"shape":[],"dtype":"I32","more":{"x":[1,{"y":2}]}},
            "empty":{"dtype":"F32","shape":[0,7],"data_offsets":[4,4]},
            "a":{"dtype":"U8","shape":[2,2],"data_offsets":[0,4]},"__metadata__":{"k":"v"}}   
            """,
            8);

        using SafetensorsFile file = SafetensorsFile.Open(path);

        Assert.Equal(["b", "empty", "a"], file.Entries.Keys);
        Assert.Equal("v", file.Metadata["k"]);
        Assert.Equal(SafetensorsType.UInt8, file.Entries["a"].Type);
        Assert.Equal([2, 2], file.Entries["a"].Shape);
        Assert.Empty(file.Entries["b"].Shape);
        using TorchSharp.torch.Tensor number = file.LoadTensor("b");
        Assert.Equal(0x07060504, number.item<int>());
        using TorchSharp.torch.Tensor empty = file.LoadTensor("empty");
        Assert.Equal([0, 7], empty.shape);
    }

    [Fact]
    public void Leaves_no_file_open_after_a_refusal()
    {
        string path = _folder.Write("a.safetensors", "[]", 0);
        Assert.Throws<SafetensorsFormatException>(() => SafetensorsFile.Open(path));

        using FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.Equal(10, stream.Length);
    }

    private void AssertBroken(string header, int dataLength, string? tensor, string problem) =>
        AssertMessage(_folder.Write("a.safetensors", header, dataLength), tensor, problem);

    private static void AssertMessage(string path, string? tensor, string problem)
    {
        SafetensorsFormatException exception =
            Assert.Throws<SafetensorsFormatException>(() => SafetensorsFile.Open(path));
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.StartsWith($"'{path}'", exception.Message, StringComparison.Ordinal);
        Assert.Equal(path, exception.File);
        Assert.Equal(tensor, exception.Tensor);
    }
}
