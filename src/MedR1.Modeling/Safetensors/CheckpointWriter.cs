namespace MedR1.Modeling;

/// <summary>
/// Writes the weights of a checkpoint folder: one file, or shards with an index if they would be too large for one. All of them are
/// complete on disk before the first is moved into place; the index follows. Replacing shards by the same number of new ones takes several renames;
/// if a crash between them must not matter, write to a new folder and swap the folders.
/// </summary>
public static class CheckpointWriter
{
    /// <summary>The default size of a shard, as in transformers: 5 GB.</summary>
    public const long DefaultShardLength = 5_000_000_000;

    /// <summary>Writes the weights; weight files of an earlier checkpoint in the folder are removed.</summary>
    /// <param name="folder">The folder; it is created if it does not exist.</param>
    /// <param name="items">The tensors; shards take them in this order.</param>
    /// <param name="shardLength">The maximum number of bytes in a shard; a larger tensor gets its own shard.</param>
    /// <param name="progress">Receives the number of tensor bytes written.</param>
    /// <param name="cancellationToken">Cancels between pieces of 32 MiB; nothing is left over.</param>
    /// <returns>Paths of the files written.</returns>
    /// <exception cref="ArgumentException">A name occurs twice, or is <c>__metadata__</c>.</exception>
    /// <exception cref="DiskFullException">The disk is full; nothing is left over.</exception>
    public static IReadOnlyList<string> Write(
        string folder,
        IReadOnlyList<SafetensorsItem> items,
        long shardLength = DefaultShardLength,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardLength, 1);
        string? duplicate = items.GroupBy(item => item.Name).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (duplicate is not null)
        {
            throw new ArgumentException(
                $"The tensor name '{duplicate}' occurs twice; names must differ.", nameof(items));
        }

        Directory.CreateDirectory(folder);
        long total = items.Sum(item => item.ByteLength);
        AtomicFile.RequireSpace(Path.Combine(folder, CheckpointIndex.SingleFile), total);
        List<List<SafetensorsItem>> shards = Split(items, shardLength);
        Dictionary<string, string> map = new(StringComparer.Ordinal);
        List<string> names = [];
        List<AtomicFile> files = [];
        SafetensorsWriter.Progress counter = new(progress, cancellationToken);
        try
        {
            for (int index = 0; index < shards.Count; index++)
            {
                string name = shards.Count == 1
                    ? CheckpointIndex.SingleFile
                    : $"model-{index + 1:D5}-of-{shards.Count:D5}.safetensors";
                names.Add(name);
                shards[index].ForEach(item => map.Add(item.Name, name));
                files.Add(SafetensorsWriter.WriteTemporary(Path.Combine(folder, name), shards[index], null, counter));
            }

            files.ForEach(file => file.Commit());
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }

        if (shards.Count > 1)
        {
            names.Add(CheckpointIndex.FileName);
            AtomicFile.Write(Path.Combine(folder, CheckpointIndex.FileName), CheckpointIndex.Write(map, total));
        }

        RemoveOthers(folder, names);
        return [.. names.Select(name => Path.Combine(folder, name))];
    }

    private static List<List<SafetensorsItem>> Split(IReadOnlyList<SafetensorsItem> items, long shardLength)
    {
        List<List<SafetensorsItem>> shards = [[]];
        long length = 0;
        foreach (SafetensorsItem item in items)
        {
            if (length > 0 && length + item.ByteLength > shardLength)
            {
                shards.Add([]);
                length = 0;
            }

            shards[^1].Add(item);
            length += item.ByteLength;
        }

        return shards;
    }

    /// <summary>
    /// The index goes first, so that none is left whose shards are gone: <see cref="CheckpointReader"/> prefers the single file anyway,
    /// but other readers may not.
    /// </summary>
    private static void RemoveOthers(string folder, List<string> kept)
    {
        IEnumerable<string> others = Directory.GetFiles(folder)
            .Where(path => CheckpointIndex.IsWeightFile(Path.GetFileName(path)) && !kept.Contains(Path.GetFileName(path)))
            .OrderByDescending(path => path.EndsWith(".json", StringComparison.Ordinal));
        foreach (string path in others)
        {
            File.Delete(path);
        }
    }
}
