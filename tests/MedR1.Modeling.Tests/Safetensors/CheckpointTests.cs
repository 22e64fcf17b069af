using System.Text.Json;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Safetensors;

public sealed class CheckpointTests : IDisposable
{
    private const string Index = "model.safetensors.index.json";
    private const string First = "model-00001-of-00002.safetensors";
    private const string Second = "model-00002-of-00002.safetensors";

    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Writes_one_file_if_it_is_not_too_large()
    {
        WriteThree(maxShardBytes: 48);

        Assert.Equal(["model.safetensors"], _folder.Files);
        AssertThree();
    }

    [Fact]
    public void Writes_shards_with_an_index()
    {
        WriteThree(maxShardBytes: 32);

        Assert.Equal([First, Second, Index], _folder.Files);
        string expected =
            """
            {
              "metadata": {
                "total_size": 48
              },
              "weight_map": {
                "a": "model-00001-of-00002.safetensors",
                "b": "model-00001-of-00002.safetensors",
                "c": "model-00002-of-00002.safetensors"
              }
            }

            """;
        Assert.Equal(expected.ReplaceLineEndings("\n"), File.ReadAllText(_folder.File(Index)));
        AssertThree();
    }

    [Fact]
    public void Writes_a_tensor_larger_than_a_shard_as_a_separate_shard()
    {
        WriteThree(maxShardBytes: 1);

        Assert.Equal(4, _folder.Files.Length);
        AssertThree();
    }

    [Theory]
    [InlineData(1, 48)]
    [InlineData(48, 1)]
    [InlineData(1, 32)]
    [InlineData(32, 32)]
    public void Leaves_no_weights_of_an_earlier_checkpoint(long before, long after)
    {
        CheckpointWriter.Write(
            _folder.Path, [.. "abc".Select(name => SafetensorsItem.Of($"{name}", zeros(4)))], before);
        File.WriteAllText(_folder.File("config.json"), "{}");
        File.WriteAllText(_folder.File("model-100000-of-100000.safetensors"), "");

        IReadOnlyList<string> written = WriteThree(after);

        Assert.Equal(written.Select(Path.GetFileName).Append("config.json").Order(), _folder.Files);
        AssertThree();
    }

    [Fact]
    public void Leaves_the_earlier_checkpoint_when_writing_fails()
    {
        WriteThree(maxShardBytes: 32);

        Assert.Throws<InvalidOperationException>(() => CheckpointWriter.Write(
            _folder.Path,
            [
                SafetensorsItem.Of("a", zeros(4)),
                SafetensorsItem.From("b", float32, [4], () => throw new InvalidOperationException()),
            ],
            16));
        SafetensorsItem petabyte = SafetensorsItem.From(
            "a", float32, [1L << 48], () => throw new InvalidOperationException("not asked for"));
        Assert.Throws<DiskFullException>(() => CheckpointWriter.Write(_folder.Path, [petabyte]));

        Assert.Equal([First, Second, Index], _folder.Files);
        AssertThree();
    }

    [Fact]
    public void Refuses_a_name_that_occurs_twice_in_different_shards()
    {
        SafetensorsItem item = SafetensorsItem.Of("a", zeros(4));

        Assert.Throws<ArgumentException>(() => CheckpointWriter.Write(_folder.Path, [item, item], 16));
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public void Fills_tensors_of_all_shards()
    {
        WriteThree(maxShardBytes: 32);
        using CheckpointReader reader = CheckpointReader.Open(_folder.Path);
        Tensor destination = zeros(4, bfloat16);

        reader.LoadInto("c", destination);

        Assert.Equal([2, 2, 2, 2], destination.to(float32).data<float>().ToArray());
        Assert.Equal(48, reader.TotalBytes);
        Assert.Equal(_folder.File(Second), reader.FileOf("c"));
        Assert.Equal([First, Second], reader.Files.Order());
        KeyNotFoundException exception = Assert.Throws<KeyNotFoundException>(() => reader.LoadTensor("d"));
        Assert.Contains("no tensor 'd'; it has 3 others", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_which_shard_is_missing()
    {
        WriteThree(maxShardBytes: 32);
        File.Delete(_folder.File(Second));

        AssertBroken(Index, "c", $"the index says that it is in '{Second}', which does not exist. Download '{Second}' too.");
    }

    [Fact]
    public void Says_which_shard_is_truncated()
    {
        WriteThree(maxShardBytes: 32);
        using (FileStream stream = File.OpenWrite(_folder.File(Second)))
        {
            stream.SetLength(stream.Length - 5);
        }

        AssertBroken(Second, null, "the tensors have 16 bytes, but 11 follow the header: the file is truncated");
    }

    [Fact]
    public void Says_which_tensor_is_not_where_the_index_says()
    {
        WriteThree(maxShardBytes: 32);
        EditIndex(map => map["d"] = First);

        AssertBroken(Index, "d", $"the index says that it is in '{First}', which does not contain it");
    }

    [Fact]
    public void Says_which_tensor_is_in_another_shard_than_the_index_says()
    {
        WriteThree(maxShardBytes: 32);
        EditIndex(map => map["b"] = Second);

        AssertBroken(Index, "b", $"it is in '{First}', but the index says that it is in '{Second}'");
    }

    [Fact]
    public void Says_which_tensor_is_not_in_the_index()
    {
        WriteThree(maxShardBytes: 32);
        EditIndex(map => map.Remove("b"));

        AssertBroken(Index, "b", $"it is in '{First}', but the index does not list it");
    }

    [Theory]
    [InlineData("../model.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("a\\b")]
    [InlineData("..")]
    [InlineData("")]
    public void Refuses_an_index_that_points_out_of_the_folder(string file)
    {
        WriteThree(maxShardBytes: 32);
        EditIndex(map => map["b"] = file);

        AssertBroken(Index, "b", "which is not the name of a file in the same folder");
    }

    [Theory]
    [InlineData("[]", null, "it has no object 'weight_map'")]
    [InlineData("{}", null, "it has no object 'weight_map'")]
    [InlineData("""{"weight_map":[]}""", null, "it has no object 'weight_map'")]
    [InlineData("""{"weight_map":{"a":1}}""", "a", "'weight_map' gives 1, not a file name")]
    [InlineData("{", null, "it is not valid JSON")]
    [InlineData(
        """{"weight_map":{"a":"model-00001-of-00002.safetensors","a":"model-00002-of-00002.safetensors"}}""",
        "a",
        "it occurs twice in 'weight_map'")]
    public void Refuses_an_invalid_index(string content, string? tensor, string problem)
    {
        WriteThree(maxShardBytes: 32);
        File.WriteAllText(_folder.File(Index), content);

        AssertBroken(Index, tensor, problem);
    }

    [Fact]
    public void Refuses_a_folder_without_weights()
    {
        Assert.Throws<DirectoryNotFoundException>(() => CheckpointReader.Open(_folder.File("nowhere")));
        FileNotFoundException exception =
            Assert.Throws<FileNotFoundException>(() => CheckpointReader.Open(_folder.Path));
        Assert.Contains(
            "neither model.safetensors nor model.safetensors.index.json", exception.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<string> WriteThree(long maxShardBytes) => CheckpointWriter.Write(
        _folder.Path,
        [
            SafetensorsItem.Of("a", full(4, 0f)),
            SafetensorsItem.Of("b", full(4, 1f)),
            SafetensorsItem.Of("c", full(4, 2f)),
        ],
        maxShardBytes);

    private void AssertThree()
    {
        using CheckpointReader reader = CheckpointReader.Open(_folder.Path);
        Assert.Equal(["a", "b", "c"], reader.Entries.Keys.Order());
        Assert.Equal([0f, 1f, 2f], "abc".Select(name => reader.LoadTensor($"{name}")[3].item<float>()));
    }

    private void EditIndex(Action<Dictionary<string, string>> edit)
    {
        string path = _folder.File(Index);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        Dictionary<string, string> map =
            document.RootElement.GetProperty("weight_map").Deserialize<Dictionary<string, string>>()!;
        edit(map);
        File.WriteAllText(path, JsonSerializer.Serialize(new { weight_map = map }));
    }

    private void AssertBroken(string file, string? tensor, string problem)
    {
        SafetensorsFormatException exception =
            Assert.Throws<SafetensorsFormatException>(() => CheckpointReader.Open(_folder.Path));
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.Equal(_folder.File(file), exception.File);
        Assert.Equal(tensor, exception.Tensor);
    }
}
