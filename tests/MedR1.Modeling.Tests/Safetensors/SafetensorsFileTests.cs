using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Safetensors;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    private string Path => _folder.File("a.safetensors");

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(ScalarType.BFloat16, SafetensorsType.BFloat16)]
    [InlineData(ScalarType.Float16, SafetensorsType.Float16)]
    [InlineData(ScalarType.Float32, SafetensorsType.Float32)]
    [InlineData(ScalarType.Float64, SafetensorsType.Float64)]
    [InlineData(ScalarType.Int64, SafetensorsType.Int64)]
    [InlineData(ScalarType.Int32, SafetensorsType.Int32)]
    [InlineData(ScalarType.Int16, SafetensorsType.Int16)]
    [InlineData(ScalarType.Int8, SafetensorsType.Int8)]
    [InlineData(ScalarType.Byte, SafetensorsType.UInt8)]
    [InlineData(ScalarType.Bool, SafetensorsType.Bool)]
    public void Brings_back_every_type(ScalarType type, SafetensorsType fileType)
    {
        Tensor tensor = arange(0, 6, float32).reshape(2, 3).to(type);
        SafetensorsFile.Save(Path, [new("t", tensor)]);

        using SafetensorsFile file = SafetensorsFile.Open(Path);
        Tensor read = file.LoadTensor("t");
        Tensor mapped = file.MapTensor("t");

        Assert.Equal(fileType, file.Entries["t"].Type);
        Assert.Equal(type, read.dtype);
        Assert.Equal(tensor.bytes.ToArray(), read.bytes.ToArray());
        Assert.Equal(tensor.bytes.ToArray(), mapped.bytes.ToArray());
        Assert.Equal([2, 3], mapped.shape);
    }

    [Theory]
    [InlineData("U16")]
    [InlineData("U32")]
    [InlineData("U64")]
    [InlineData("F8_E4M3")]
    [InlineData("F8_E5M2")]
    public void Reads_types_that_libtorch_lacks_as_bytes(string type)
    {
        int count = type switch { "U64" => 1, "U32" => 2, "U16" => 4, _ => 8 };
        string entry = $$"""{"dtype":"{{type}}","shape":[{{count}}],"data_offsets":[0,8]}""";
        _folder.Write("a.safetensors", $$"""{"t":{{entry}} }""", 8);

        using SafetensorsFile file = SafetensorsFile.Open(Path);
        byte[] bytes = new byte[3];
        file.ReadBytes("t", bytes, 5);

        Assert.Equal([5, 6, 7], bytes);
        NotSupportedException exception = Assert.Throws<NotSupportedException>(() => file.LoadTensor("t"));
        Assert.Contains($"no type {type}", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => file.ReadBytes("t", bytes, 6));
    }

    [Theory]
    [InlineData(ScalarType.Float32, ScalarType.BFloat16)]
    [InlineData(ScalarType.BFloat16, ScalarType.Float32)]
    [InlineData(ScalarType.Float16, ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64, ScalarType.Float32)]
    [InlineData(ScalarType.Int32, ScalarType.Float32)]
    public void Converts_while_it_reads(ScalarType fileType, ScalarType type)
    {
        using Generator generator = new(1, CPU);
        Tensor tensor = (randn([33, 65], generator: generator) * 1000).to(fileType);
        SafetensorsFile.Save(Path, [new("t", tensor)]);

        using SafetensorsFile file = SafetensorsFile.Open(Path);

        Assert.Equal(tensor.to(type).bytes.ToArray(), file.LoadTensor("t", type).bytes.ToArray());
    }

    [Fact]
    public void Converts_more_than_one_piece()
    {
        // 5 Mi float32 numbers are 20 MiB, read in pieces of 16 MiB.
        Tensor tensor = arange(0, 5 << 20, float32).reshape(5, 1 << 20);
        SafetensorsFile.Save(Path, [new("t", tensor)]);

        using SafetensorsFile file = SafetensorsFile.Open(Path);

        Assert.True(file.LoadTensor("t", float64).equal(tensor.to(float64)).all().item<bool>());
        Assert.True(file.LoadTensor("t").equal(tensor).all().item<bool>());
    }

    [Fact]
    public void Fills_a_parameter_a_view_and_a_transposed_tensor()
    {
        Tensor tensor = arange(0, 6, float32).reshape(2, 3);
        SafetensorsFile.Save(Path, [new("t", tensor)]);
        using SafetensorsFile file = SafetensorsFile.Open(Path);
        using TorchSharp.Modules.Parameter parameter = new(zeros(2, 3));
        Tensor larger = zeros(4, 3);
        Tensor transposed = zeros(3, 2).t();

        long version = PackedWeight.VersionOf(parameter);
        file.LoadInto("t", parameter);
        Assert.True(PackedWeight.VersionOf(parameter) > version, "A packed copy would not see the change.");
        file.LoadInto("t", larger.narrow(0, 1, 2));
        file.LoadInto("t", transposed);

        Assert.Equal(tensor.data<float>().ToArray(), parameter.detach().data<float>().ToArray());
        Assert.True(parameter.requires_grad && parameter.is_leaf);
        Assert.Equal([0, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0], larger.data<float>().ToArray());
        Assert.Equal([0, 3, 1, 4, 2, 5], transposed.t().data<float>().ToArray());
    }

    [Fact]
    public void Refuses_a_destination_that_does_not_fit()
    {
        SafetensorsFile.Save(Path, [new("t", zeros(2, 3))]);
        using SafetensorsFile file = SafetensorsFile.Open(Path);

        ArgumentException shape = Assert.Throws<ArgumentException>(() => file.LoadInto("t", zeros(3, 2)));
        Assert.Contains("[2, 3], but the destination has [3, 2]", shape.Message, StringComparison.Ordinal);
        ArgumentException type = Assert.Throws<ArgumentException>(() => file.LoadInto("t", zeros(2, 3, int64)));
        Assert.Contains("would be truncated to Int64", type.Message, StringComparison.Ordinal);
        ArgumentException place = Assert.Throws<ArgumentException>(() => file.LoadInto("t", zeros(2, 3, device: META)));
        Assert.Contains("meta device", place.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_the_existing_tensors_when_one_is_missing()
    {
        SafetensorsFile.Save(Path, [new("weight", zeros(1)), new("bias", zeros(1))]);
        using SafetensorsFile file = SafetensorsFile.Open(Path);

        KeyNotFoundException exception = Assert.Throws<KeyNotFoundException>(() => file.LoadTensor("gain"));
        Assert.Contains("no tensor 'gain'. It has 2: bias, weight.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_a_file_that_shrinks_while_it_is_open()
    {
        SafetensorsFile.Save(Path, [new("t", zeros(1000))]);
        using SafetensorsFile file = SafetensorsFile.Open(Path);
        using (FileStream stream = new(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.SetLength(200);
        }

        SafetensorsFormatException exception = Assert.Throws<SafetensorsFormatException>(() => file.LoadTensor("t"));
        Assert.Contains("the file ended at byte 200, inside the tensor", exception.Message, StringComparison.Ordinal);
    }

    // The memory of a piece, 16 MiB, is kept for the next tensor, also if a conversion fails in the middle.
    [Fact]
    public void A_conversion_that_fails_leaves_no_memory_behind()
    {
        SafetensorsFile.Save(Path, [new("t", zeros(1000))]);
        long alive = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using (SafetensorsFile file = SafetensorsFile.Open(Path))
        {
            using (FileStream stream = new(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            {
                stream.SetLength(200);
            }

            Assert.Throws<SafetensorsFormatException>(() => file.LoadTensor("t", float64));
            Assert.Throws<SafetensorsFormatException>(() => file.LoadTensor("t", float64));
        }

        Assert.Equal(alive, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Keeps_a_mapped_tensor_valid_after_the_file_is_closed()
    {
        SafetensorsFile.Save(Path, [new("t", arange(0, 4, float32))]);
        Tensor mapped;
        using (SafetensorsFile file = SafetensorsFile.Open(Path))
        {
            mapped = file.MapTensor("t");
        }

        Assert.Equal([0, 1, 2, 3], mapped.data<float>().ToArray());
    }

    [Fact]
    public void Reads_a_tensor_that_cannot_be_mapped_for_its_alignment()
    {
        _folder.Write(
            "a.safetensors",
            """
            {"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},
            "f":{"dtype":"I32","shape":[1],"data_offsets":[1,5]}}
            """,
            5);
        using SafetensorsFile file = SafetensorsFile.Open(Path);

        Assert.Equal(0x04030201, file.MapTensor("f").item<int>());
    }

    [Fact]
    public void Loads_all_tensors_of_a_file()
    {
        SafetensorsFile.Save(Path, [new("a", ones(2)), new("b", zeros(3, dtype: int64))]);

        Dictionary<string, Tensor> tensors = SafetensorsFile.Load(Path);

        Assert.Equal(["b", "a"], tensors.Keys);
        Assert.Equal([1f, 1f], tensors["a"].data<float>().ToArray());
        Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Load(Path + ".missing"));
    }
}
