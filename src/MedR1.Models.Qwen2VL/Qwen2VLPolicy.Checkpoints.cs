using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <content>Creating, loading and saving.</content>
public sealed partial class Qwen2VLPolicy
{
    private const string HeadName = "lm_head.weight";
    private const string EmbeddingName = "model.embed_tokens.weight";

    /// <summary>Loads a checkpoint folder: config.json, safetensors, tokenizer, preprocessor_config.json.</summary>
    /// <param name="folder">The folder, as published or as saved by transformers.</param>
    /// <param name="device">The device of the model; null for the CPU.</param>
    /// <param name="dataType">Data type of the weights; null for that of the checkpoint.</param>
    /// <param name="weights">Whether the weights are kept in memory or memory-mapped from the files.</param>
    /// <param name="quantization">
    /// Which weights are quantized to 8 bits and kept in memory, as the base of an adapter. They are quantized a few rows at a time
    /// while they are read. The policy can then be neither trained as a whole nor saved.
    /// </param>
    /// <param name="progress">Reported to after each tensor, from the loading threads, one call at a time.</param>
    /// <param name="cancellationToken">Cancels between tensors.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder does not contain a model; the message says what it contains.</exception>
    /// <exception cref="ArgumentException">Weights can't be of the data type.</exception>
    /// <exception cref="TorchDeviceException">The device can't be used with this libtorch on this machine.</exception>
    /// <exception cref="ModelConfigurationException">A field of config.json is missing or invalid.</exception>
    /// <exception cref="SafetensorsFormatException">A weight file is corrupt or truncated, or a shard is missing.</exception>
    /// <exception cref="CheckpointMismatchException">Tensors are missing, unknown or of a different shape.</exception>
    /// <exception cref="TokenizerMismatchException">The tokenizer belongs to a different model.</exception>
    public static Qwen2VLPolicy Load(
        string folder, Device? device = null, ScalarType? dataType = null,
        WeightStorage weights = WeightStorage.Memory, WeightQuantization quantization = WeightQuantization.None,
        IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        TorchDevices.RequireUsable(device);
        CheckpointFiles.RequireModel(folder);
        return Load(
            folder, Qwen2VLProcessor.Load(folder), device, dataType, weights, quantization, progress, cancellationToken);
    }

    /// <summary>Loads a checkpoint folder with a custom processor, for different image limits or a different decoder.</summary>
    /// <param name="folder">The folder, as published or as saved by transformers.</param>
    /// <param name="processor">The processor.</param>
    /// <param name="device">The device of the model; null for the CPU.</param>
    /// <param name="dataType">Data type of the weights; null for that of the checkpoint.</param>
    /// <param name="weights">Whether the weights are kept in memory or memory-mapped from the files.</param>
    /// <param name="quantization">
    /// Which weights are quantized to 8 bits and kept in memory, as the base of an adapter. They are quantized a few rows at a time
    /// while they are read. The policy can then be neither trained as a whole nor saved.
    /// </param>
    /// <param name="progress">Reported to after each tensor, from the loading threads, one call at a time.</param>
    /// <param name="cancellationToken">Cancels between tensors.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder does not contain a model; the message says what it contains.</exception>
    /// <exception cref="ArgumentException">Weights can't be of the data type.</exception>
    /// <exception cref="TorchDeviceException">The device can't be used with this libtorch on this machine.</exception>
    /// <exception cref="ModelConfigurationException">A field of config.json is missing or invalid.</exception>
    /// <exception cref="SafetensorsFormatException">A weight file is corrupt or truncated, or a shard is missing.</exception>
    /// <exception cref="CheckpointMismatchException">Tensors are missing, unknown or of a different shape.</exception>
    /// <exception cref="TokenizerMismatchException">The tokenizer belongs to a different model.</exception>
    public static Qwen2VLPolicy Load(
        string folder, Qwen2VLProcessor processor, Device? device = null, ScalarType? dataType = null,
        WeightStorage weights = WeightStorage.Memory, WeightQuantization quantization = WeightQuantization.None,
        IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(processor);
        TorchDevices.RequireUsable(device);
        CheckpointFiles.RequireModel(folder);
        Qwen2VLPolicy policy = Create(
            Qwen2VLConfiguration.Load(folder), processor, device, dataType, EndTokensOf(folder), folder, quantization);
        try
        {
            CheckpointLoader.Load(policy._network, folder, policy.ParameterOf, weights, progress, cancellationToken);
            return policy;
        }
        catch
        {
            policy.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Creates a model with random weights, for training from scratch: matrices and embeddings normal with mean 0 and the
    /// configuration's initializer_range as standard deviation, biases 0 and norm gains 1, as in the reference.
    /// </summary>
    /// <param name="configuration">The sizes.</param>
    /// <param name="processor">The processor.</param>
    /// <param name="seed">The seed of the weights; a seed gives the same weights on every device.</param>
    /// <param name="device">The device of the model; null for the CPU.</param>
    /// <param name="dataType">Data type of the weights; null for that of the configuration.</param>
    /// <exception cref="ArgumentException">Weights can't be of the data type.</exception>
    /// <exception cref="TorchDeviceException">The device can't be used with this libtorch on this machine.</exception>
    /// <exception cref="ModelConfigurationException">The sizes are invalid.</exception>
    /// <exception cref="TokenizerMismatchException">
    /// The tokenizer's control tokens differ from those of the configuration.
    /// </exception>
    public static Qwen2VLPolicy CreateRandom(
        Qwen2VLConfiguration configuration, Qwen2VLProcessor processor, long seed,
        Device? device = null, ScalarType? dataType = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(processor);
        TorchDevices.RequireUsable(device);
        configuration.Validate();
        byte[]? generation = processor.Files.GetValueOrDefault(ModelFiles.Generation);
        IReadOnlyList<int>? endTokens =
            generation is null ? null : GenerationFile.EndTokens(generation, ModelFiles.Generation);
        Qwen2VLPolicy policy = Create(configuration, processor, device, dataType, endTokens);
        using var generator = new Generator((ulong)seed, CPU);
        ParameterInitializer.Fill(policy.Parameters, configuration, generator);
        return policy;
    }

    /// <inheritdoc/>
    /// <exception cref="DiskFullException">The disk is full; the folder keeps its previous content.</exception>
    /// <exception cref="IOException">The folder contains an adapter, which would be read instead of the model.</exception>
    /// <exception cref="InvalidOperationException">The policy holds 8-bit weights.</exception>
    public void Save(string folder, CancellationToken cancellationToken = default) =>
        Save(folder, new Dictionary<string, Tensor>(), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="DiskFullException">The disk is full; the folder keeps its previous content.</exception>
    /// <exception cref="IOException">The folder contains an adapter, which would be read instead of the model.</exception>
    /// <exception cref="InvalidOperationException">The policy holds 8-bit weights.</exception>
    public void Save(
        string folder, IReadOnlyDictionary<string, Tensor> replaced, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(replaced);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Quantization != WeightQuantization.None)
        {
            throw new InvalidOperationException(
                "The policy has 8-bit weights, which differ from those of its checkpoint: save only the adapter "
                + "(LoraPolicy.Save); for a complete model load the base without quantization, apply the adapter to it with "
                + "LoraPolicy.Load, and call SaveMerged there.");
        }

        GivenFolder.RefuseAdapter(folder);
        Dictionary<string, Tensor> tensors = Parameters.ToDictionary(entry => entry.Key, entry => (Tensor)entry.Value);
        bool isTied = Configuration.TieWordEmbeddings && !replaced.ContainsKey(HeadName)
            && !replaced.ContainsKey(EmbeddingName);

        // Replacing embedding or head unties them.
        if (!isTied)
            tensors.TryAdd(HeadName, tensors[EmbeddingName]);
        foreach ((string name, Tensor value) in replaced)
        {
            tensors[name] = value;
        }

        CheckpointFolder.Replace(folder, target =>
        {
            CheckpointWriter.Write(
                target, [.. tensors.Select(entry => SafetensorsItem.Of(entry.Key, entry.Value))],
                cancellationToken: cancellationToken);
            Processor.Save(target);
            Qwen2VLConfiguration configuration = Configuration with { DataType = DataType, TieWordEmbeddings = isTied };
            Write(ModelFiles.Configuration, configuration.ToJson());

            // The processor's file need not name the end tokens, and config.json holds only one of them.
            byte[]? generation = Processor.Files.GetValueOrDefault(ModelFiles.Generation);
            if (generation is null || EndTokensOf(target)?.Where(Configuration.IsToken).SequenceEqual(EndTokenIds) != true)
                Write(ModelFiles.Generation, GenerationFile.Write(EndTokenIds, generation));

            void Write(string name, byte[] content) => File.WriteAllBytes(Path.Combine(target, name), content);
        });
    }

    private static Qwen2VLPolicy Create(
        Qwen2VLConfiguration configuration, Qwen2VLProcessor processor, Device? device, ScalarType? dataType,
        IReadOnlyList<int>? endTokens, string? folder = null, WeightQuantization quantization = WeightQuantization.None)
    {
        TokenizerRules.Check(configuration, processor.Tokenizer);
        Device where = device ?? CPU;
        ScalarType type = dataType ?? configuration.DataType;
        if (!DataTypes.Values.Contains(type))
        {
            throw new ArgumentException(
                $"The weights can't be {type}; give {string.Join(", ", DataTypes.Values)}.", nameof(dataType));
        }

        if (quantization != WeightQuantization.None && type == ScalarType.Float16)
        {
            throw new ArgumentException(
                "Sums of 8-bit integers would overflow in float16: load the model with dataType BFloat16 or "
                + "Float32, or without quantization.",
                nameof(quantization));
        }

        if (endTokens is not { Count: > 0 })
        {
            endTokens = configuration.Text.EndTokenId is { } end
                ? [end]
                : [Qwen2VLTokens.IdOf(processor.Tokenizer, Qwen2VLTokens.MessageEnd)];
        }

        return new Qwen2VLPolicy(
            configuration, new Qwen2VLNetwork(configuration, where, type, quantization), processor, where, type,
            [.. endTokens.Where(configuration.IsToken)])
        {
            SourceFolder = folder,
            Quantization = quantization,
        };
    }

    // The name of the parameter that a tensor of the files holds. Some tools also save the rotary frequencies, which are computed here. The
    // file of a tied model may also contain the head; the embedding takes precedence.
    private string? ParameterOf(string name)
    {
        string published = CheckpointNames.ToPublished(name);
        return published.EndsWith(".inv_freq", StringComparison.Ordinal) || (published == HeadName && Configuration.TieWordEmbeddings)
            ? null
            : published;
    }

    // If the generation file is missing or names no end token, those of config.json are used.
    private static IReadOnlyList<int>? EndTokensOf(string folder) =>
        new[] { ModelFiles.Generation, ModelFiles.Configuration }
            .Select(name => Path.Combine(folder, name))
            .Where(File.Exists)
            .Select(file => GenerationFile.EndTokens(File.ReadAllBytes(file), file))
            .FirstOrDefault(tokens => tokens is { Count: > 0 });

    // In every published vocabulary, the ids of the end delimiter and the padding token are between those of the start delimiter and
    // the video placeholder.
    private static int[] VisionTokens(Qwen2VLConfiguration configuration, ITextTokenizer tokenizer)
    {
        SortedSet<int> tokens =
        [
            configuration.VisionStartTokenId, configuration.VisionEndTokenId, configuration.ImageTokenId,
                configuration.VideoTokenId,
        ];
        if (tokenizer.SpecialTokens.TryGetValue("<|vision_pad|>", out int padding))
            tokens.Add(padding);
        else if (configuration.VisionPadTokenId is { } configured && configuration.IsToken(configured))
            tokens.Add(configured);
        return [.. tokens];
    }
}
