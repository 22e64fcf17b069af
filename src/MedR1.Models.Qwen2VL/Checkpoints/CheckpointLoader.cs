using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>Loads parameters from the safetensors files of a folder, with names in either scheme.</summary>
internal static class CheckpointLoader
{
    private const string Head = "lm_head.weight";
    private const int MostThreads = 8;

    public static void Fill(
        IReadOnlyList<KeyValuePair<string, Parameter>> parameters,
        IEnumerable<KeyValuePair<string, QuantizedWeight>> quantizedWeights, string folder, WeightStorage weights,
        IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        using CheckpointReader reader = CheckpointReader.Open(folder);
        Dictionary<string, QuantizedWeight> quantized = quantizedWeights.ToDictionary();
        Dictionary<string, Parameter> wanted = parameters
            .Where(entry => !IsScale(entry.Key, quantized)).ToDictionary(entry => entry.Key, entry => entry.Value);
        List<KeyValuePair<string, SafetensorsEntry>> entries = [.. reader.Entries.Values
            .Select(entry => KeyValuePair.Create(CheckpointNames.ToPublished(entry.Name), entry))];

        // Some tools also save the rotary frequencies, which are computed here.
        entries.RemoveAll(entry => entry.Key.EndsWith(".inv_freq", StringComparison.Ordinal));

        // The file of a tied model may also contain the head; the embedding takes precedence.
        if (!wanted.ContainsKey(Head))
            entries.RemoveAll(entry => entry.Key == Head);
        Check(wanted, entries, folder);
        long total = wanted.Values.Sum(Bytes);
        long bytes = 0;
        int count = 0;

        // Uses several threads, because the system takes longer to allocate memory than to copy a cached file to it.
        ParallelOptions options = new()
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = Math.Min(Environment.ProcessorCount, MostThreads),
        };
        Lock reporting = new();
        try
        {
            Parallel.ForEach(Partitioner.Create(entries, EnumerablePartitionerOptions.NoBuffering), options, Take);
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.Flatten().InnerExceptions[0]);
        }

        void Take(KeyValuePair<string, SafetensorsEntry> named)
        {
            Parameter parameter = wanted[named.Key];
            if (quantized.TryGetValue(named.Key, out QuantizedWeight? matrix))
                matrix.Load(reader, named.Value.Name, cancellationToken);
            else if (weights == WeightStorage.MappedFiles && CanMap(reader, named.Value, parameter))
                Map(reader, named.Value, parameter);
            else
                reader.LoadInto(named.Value.Name, parameter);
            lock (reporting)
            {
                bytes += Bytes(parameter);
                progress?.Report(new LoadProgress(++count, entries.Count, bytes, total));
            }
        }
    }

    private static bool CanMap(CheckpointReader reader, SafetensorsEntry entry, Parameter parameter) =>
        parameter.device_type == DeviceType.CPU && reader.TypeOf(entry.Name) == parameter.dtype;

    private static void Map(CheckpointReader reader, SafetensorsEntry entry, Parameter parameter)
    {
        using IDisposable noGradient = no_grad();
        using Tensor mapped = reader.MapTensor(entry.Name);
        parameter.set_(mapped);
    }

    // Scales are computed during quantization and are not in the files.
    private static bool IsScale(string name, Dictionary<string, QuantizedWeight> quantized) =>
        name.EndsWith("_scale", StringComparison.Ordinal) && quantized.ContainsKey(name[..^"_scale".Length]);

    private static void Check(
        Dictionary<string, Parameter> wanted, List<KeyValuePair<string, SafetensorsEntry>> entries, string folder)
    {
        ILookup<string, SafetensorsEntry> found = entries.ToLookup(entry => entry.Key, entry => entry.Value);
        string[] missing = [.. wanted.Keys.Where(name => !found.Contains(name))];
        string[] unexpected = [.. found
            .Where(same => !wanted.ContainsKey(same.Key) || same.Count() > 1)
            .Select(same => string.Join(" and ", same.Select(entry => entry.Name)))];
        string[] shapes = [.. entries
            .Where(entry => wanted.TryGetValue(entry.Key, out Parameter? parameter)
                && !parameter.shape.SequenceEqual(entry.Value.Shape))
            .Select(entry =>
                $"{entry.Value.Name}: {Show(entry.Value.Shape)} instead of {Show(wanted[entry.Key].shape)}"),
            .. entries
            .Where(entry => wanted.ContainsKey(entry.Key) && !HoldsWeights(entry.Value.Type))
            .Select(entry => $"{entry.Value.Name}: {entry.Value.Type} instead of 16-bit or wider floating-point numbers")];
        if (missing.Length + unexpected.Length + shapes.Length > 0)
            throw new CheckpointMismatchException(folder, missing, unexpected, shapes);
    }

    // Integers and 8-bit types occur in quantized checkpoints, and are meaningless without their scales.
    private static bool HoldsWeights(SafetensorsType type) => type is SafetensorsType.Float16 or SafetensorsType.BFloat16
        or SafetensorsType.Float32 or SafetensorsType.Float64;

    private static long Bytes(Parameter parameter) => parameter.numel() * parameter.element_size();

    private static string Show(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
