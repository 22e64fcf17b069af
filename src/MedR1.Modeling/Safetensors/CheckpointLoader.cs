using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Loads the parameters of a network from the safetensors files of a folder.</summary>
public static class CheckpointLoader
{
    private const int MostThreads = 8;

    /// <summary>
    /// Loads every parameter, on several threads, and converts it to its data type and device. The matrices of 8-bit
    /// <see cref="Projection"/>s are quantized while they are read. The files must hold exactly the parameters: names and shapes are compared
    /// before anything is loaded.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="folder">The folder of the checkpoint.</param>
    /// <param name="parameterOf">
    /// Returns the name of the parameter, as in <c>named_parameters()</c>, that a tensor of the files holds, or <see langword="null"/> for a
    /// tensor to skip; by default the names are the same.
    /// </param>
    /// <param name="storage">Whether the weights are read to memory or mapped from the files.</param>
    /// <param name="progress">Reported to after each tensor, from the loading threads, one call at a time.</param>
    /// <param name="cancellationToken">Cancels between tensors.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder contains no safetensors files.</exception>
    /// <exception cref="SafetensorsFormatException">A weight file is corrupt or truncated, or a shard is missing.</exception>
    /// <exception cref="CheckpointMismatchException">Tensors are missing, unknown, twice there or of a different shape.</exception>
    public static void Load(
        nn.Module network, string folder, Func<string, string?>? parameterOf = null, WeightStorage storage = WeightStorage.Memory,
        IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(folder);
        using CheckpointReader reader = CheckpointReader.Open(folder);
        Dictionary<string, QuantizedWeight> quantized = (
            from entry in network.named_modules()
            where entry.module is Projection { Quantized: not null }
            select KeyValuePair.Create($"{entry.name}.weight", ((Projection)entry.module).Quantized!)).ToDictionary();
        Dictionary<string, Parameter> wanted = network.named_parameters()
            .Where(entry => !IsScale(entry.name, quantized)).ToDictionary(entry => entry.name, entry => entry.parameter);
        List<KeyValuePair<string, SafetensorsEntry>> entries = [.. reader.Entries.Values
            .Select(entry => (Name: parameterOf is null ? entry.Name : parameterOf(entry.Name), Entry: entry))
            .Where(named => named.Name is not null)
            .Select(named => KeyValuePair.Create(named.Name!, named.Entry))];
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
            else if (storage == WeightStorage.MappedFiles && CanMap(reader, named.Value, parameter))
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
