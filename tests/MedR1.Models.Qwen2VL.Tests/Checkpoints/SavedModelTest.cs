using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

/// <summary>Base class of tests that save a model to a temporary folder and inspect it.</summary>
public abstract class SavedModelTest : IDisposable
{
    protected string Root { get; } = Directory.CreateTempSubdirectory("medr1-checkpoint-").FullName;

    protected string Folder => Path.Combine(Root, "model");

    public void Dispose()
    {
        Directory.Delete(Root, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected static float[] Weights(Qwen2VLPolicy policy, string name) =>
        policy.Parameters.Single(entry => entry.Key == name).Value.Values();

    protected static void AssertSameWeights(Qwen2VLPolicy expected, Qwen2VLPolicy got)
    {
        Assert.Equal(expected.Parameters.Select(entry => entry.Key), got.Parameters.Select(entry => entry.Key));
        foreach ((var left, var right) in expected.Parameters.Zip(got.Parameters))
        {
            Assert.Equal(left.Value.Values(), right.Value.Values());
        }
    }

    protected void Rewrite(Func<(string Name, Tensor Value)[], (string Name, Tensor Value)[]> change)
    {
        using DisposeScope scope = NewDisposeScope();
        (string, Tensor)[] items;
        using (CheckpointReader reader = CheckpointReader.Open(Folder))
        {
            items = [.. reader.Entries.Keys.Select(name => (name, reader.LoadTensor(name)))];
        }

        CheckpointWriter.Write(Folder, [.. change(items).Select(item => SafetensorsItem.Of(item.Name, item.Value))]);
    }
}
