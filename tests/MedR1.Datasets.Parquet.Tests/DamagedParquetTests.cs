using MedR1.TestSupport;

namespace MedR1.Datasets.Parquet.Tests;

public sealed class DamagedParquetTests : IDisposable
{
    private static readonly ParquetDatasetOptions s_lenient = new()
    {
        Table = new TableOptions { MissingTexts = MissingTextHandling.Keep, MissingImages = MissingImageHandling.Keep },
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Cases() => [.. GoldenParquet.Cases];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_file_is_not_called_damaged() => Assert.DoesNotContain(
        "damaged",
        Assert.Throws<DatasetException>(() => ParquetDataset.Load(Path.Combine(_folder.Path, "none.parquet"))).Message);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_damaged_file_gives_a_result_or_a_named_exception(string name) => Check(name, 80, seed: 1);

    [Theory]
    [Trait("Tier", "Slow")]
    [MemberData(nameof(Cases))]
    public void Many_damaged_files_give_results_or_named_exceptions(string name) => Check(name, 600, seed: 2);

    private void Check(string name, int count, int seed)
    {
        string path = Path.Combine(_folder.Path, "damaged.parquet");
        int refused = FileDamage.Check(File.ReadAllBytes(GoldenParquet.File(name)), count, seed, Read,
            exception => exception is DatasetException or IOException);
        Assert.InRange(refused, count / 10, count);

        void Read(byte[] damaged)
        {
            File.WriteAllBytes(path, damaged);
            StreamAsync(path).GetAwaiter().GetResult();
            foreach (VqaExample example in ParquetDataset.Load(path, s_lenient))
            {
                foreach (IImageSource image in example.Images)
                {
                    using Stream stream = image.OpenRead();
                    stream.CopyTo(Stream.Null);
                }
            }
        }
    }

    private static async Task StreamAsync(string path)
    {
        try
        {
            await foreach (VqaExample example in ParquetDataset.ReadAsync(path, s_lenient))
            {
                Assert.NotNull(example.Question);
            }
        }
        catch (Exception exception) when (exception is DatasetException or IOException)
        {
            // A named exception; the message of Load is checked by the caller.
        }
    }
}
