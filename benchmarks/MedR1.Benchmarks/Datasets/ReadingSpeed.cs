using System.Diagnostics;
using MedR1.Datasets;

namespace MedR1.Benchmarks.Datasets;

/// <summary>Measures how fast a data set is loaded and its memory, and that opened images are not kept.</summary>
internal static class ReadingSpeed
{
    private const int Passes = 5;

    public static void Run(string folder, int items, int images, int side, TextWriter output, CancellationToken cancellationToken)
    {
        SyntheticOmniMedVqa.Write(folder, items, images, side, cancellationToken);
        OmniMedVqaDataset.Load(folder, cancellationToken: cancellationToken);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        double best = double.PositiveInfinity;
        OmniMedVqaDataset? dataset = null;
        for (int pass = 0; pass < Passes; pass++)
        {
            dataset = null;
            long start = Stopwatch.GetTimestamp();
            dataset = OmniMedVqaDataset.Load(folder, cancellationToken: cancellationToken);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        long loaded = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine($"{dataset!.Count} items: {best:F2} s (best of {Passes}), {dataset.Count / best:F0} items/s, "
            + $"{(double)loaded / dataset.Count:F0} bytes kept an item, {loaded / 1e6:F0} MB in all");
        ReadImages(dataset, before, output, cancellationToken);
        GC.KeepAlive(dataset);
    }

    private static void ReadImages(
        OmniMedVqaDataset dataset, long before, TextWriter output, CancellationToken cancellationToken)
    {
        byte[] block = new byte[1 << 16];
        long bytes = 0;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < dataset.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using (Stream stream = dataset[i].Images[0].OpenRead())
            {
                for (int count; (count = stream.Read(block)) > 0;)
                {
                    bytes += count;
                }
            }

            if ((i + 1) % (dataset.Count / 4) == 0)
            {
                double kept = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6;
                output.WriteLine($"  {i + 1} pictures opened, {bytes / 1e9:F1} GB read: {kept:F0} MB kept");
            }
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        output.WriteLine($"  {dataset.Count / seconds:F0} pictures/s from the page cache");
    }
}
