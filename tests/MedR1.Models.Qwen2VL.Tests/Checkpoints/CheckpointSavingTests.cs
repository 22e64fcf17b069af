using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class CheckpointSavingTests : SavedModelTest
{
    [Theory]
    [InlineData(Qwen2VLFamily.Qwen2VL, true, ScalarType.Float32)]
    [InlineData(Qwen2VLFamily.Qwen2VL, false, ScalarType.BFloat16)]
    [InlineData(Qwen2VLFamily.Qwen25VL, false, ScalarType.Float32)]
    public void A_saved_model_loads_bit_for_bit(Qwen2VLFamily family, bool tied, ScalarType dataType)
    {
        using Qwen2VLPolicy saved = TinyModel.Create(family, 3, tied, dataType);
        saved.Save(Folder);
        List<LoadProgress> progress = [];
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder, progress: new Collector(progress));
        Assert.Equal(dataType, loaded.DataType);
        Assert.Equal(saved.EndTokenIds, loaded.EndTokenIds);
        Assert.Equal(saved.SuppressedTokenIds, loaded.SuppressedTokenIds);
        Assert.Equal(saved.Processor.Images.Configuration.ToJson(), loaded.Processor.Images.Configuration.ToJson());
        AssertSameWeights(saved, loaded);
        Assert.Equal(saved.Configuration.ToJson(),
            (loaded.Configuration with { DataType = ScalarType.Float32 }).ToJson());
        Assert.Equal(saved.Parameters.Count, progress[^1].Tensors);
        Assert.Equal(progress[^1].TotalBytes, progress[^1].Bytes);
    }

    [Fact]
    public void Saving_over_a_model_replaces_it_and_keeps_the_files_of_its_processor()
    {
        using (Qwen2VLPolicy first = TinyModel.Create(seed: 1))
        {
            first.Save(Folder);
        }

        byte[] tokenizer = File.ReadAllBytes(Path.Combine(Folder, "tokenizer.json"));
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder);
        using (IDisposable noGradient = no_grad())
        {
            loaded.Parameters[0].Value.add_(1);
        }

        loaded.Save(Folder);
        using Qwen2VLPolicy again = Qwen2VLPolicy.Load(Folder);
        AssertSameWeights(loaded, again);
        Assert.Equal(tokenizer, File.ReadAllBytes(Path.Combine(Folder, "tokenizer.json")));
        Assert.Equal([Folder], Directory.GetFileSystemEntries(Root));
    }

    [Fact]
    public void A_cancelled_save_changes_nothing()
    {
        using Qwen2VLPolicy policy = TinyModel.Create();
        policy.Save(Folder);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => policy.Save(Folder, cancelled.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => policy.Save(Path.Combine(Root, "other"), cancelled.Token));
        Assert.Equal([Folder], Directory.GetFileSystemEntries(Root));
        using Qwen2VLPolicy loaded = Qwen2VLPolicy.Load(Folder);
        AssertSameWeights(policy, loaded);
    }

    // The weights fit and tokenizer.json doesn't, so that the system's error comes from an ordinary write.
    [Theory]
    [InlineData(28)]
    [InlineData(unchecked((int)0x80070070))]
    public void A_disk_that_fills_up_after_the_weights_changes_nothing_and_is_reported(int error)
    {
        string folder = Path.Combine(Root, "model");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), "before");

        DiskFullException exception = Assert.Throws<DiskFullException>(() => CheckpointFolder.Replace(folder, target =>
        {
            File.WriteAllBytes(Path.Combine(target, "model.safetensors"), new byte[300]);
            throw new IOException("No space left on device", error);
        }));

        Assert.Equal(folder, exception.Path);
        Assert.Equal(301, exception.RequiredBytes); // what is written and at least one more
        Assert.IsType<IOException>(exception.InnerException);
        Assert.Contains("no partial file remains", exception.Message, StringComparison.Ordinal);
        Assert.Equal([folder], Directory.GetFileSystemEntries(Root));
        Assert.Equal("before", File.ReadAllText(Path.Combine(folder, "config.json")));
    }

    [Fact]
    public void A_disk_that_is_too_small_for_the_weights_is_named_by_the_place_that_was_asked_for()
    {
        string folder = Path.Combine(Root, "model");
        DiskFullException exception = Assert.Throws<DiskFullException>(() => CheckpointFolder.Replace(folder, target =>
        {
            File.WriteAllBytes(Path.Combine(target, "config.json"), new byte[300]);
            throw new DiskFullException(Path.Combine(target, "model.safetensors"), 8, 5);
        }));

        // What else was written is needed as well, and free again.
        Assert.Equal((folder, 308), (exception.Path, exception.RequiredBytes));
        Assert.NotEqual(5, exception.AvailableBytes);
        Assert.Empty(Directory.GetFileSystemEntries(Root));
    }

    [Fact]
    public void Other_errors_of_writing_a_folder_stay_what_they_are() =>
        Assert.Throws<UnauthorizedAccessException>(() => CheckpointFolder.Replace(
            Path.Combine(Root, "model"), _ => throw new UnauthorizedAccessException()));

    private sealed class Collector(List<LoadProgress> reports) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => reports.Add(value);
    }
}
