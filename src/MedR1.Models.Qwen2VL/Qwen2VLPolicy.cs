using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>A Qwen2-VL or Qwen2.5-VL model with its processor. Not thread-safe.</summary>
public sealed partial class Qwen2VLPolicy : IAdaptablePolicy, IHiddenStatePolicy
{
    private readonly Qwen2VLNetwork _network;
    private readonly Qwen2VLRunner _runner;
    private bool _isDisposed;

    internal Qwen2VLPolicy(
        Qwen2VLConfiguration configuration, Qwen2VLNetwork network, Qwen2VLProcessor processor, Device device,
        ScalarType dataType, IReadOnlyList<int> endTokenIds)
    {
        Configuration = configuration;
        Processor = processor;
        Device = device;
        DataType = dataType;
        EndTokenIds = endTokenIds;
        _network = network;
        Parameters = ParametersOf(network);
        Adapters = new AdapterHost(network.AdaptableModules);
        Checkpointing = new GradientCheckpointing(Adapters);
        _runner = new Qwen2VLRunner(configuration, network, device, dataType, Adapters, Checkpointing);
        SuppressedTokenIds = VisionTokens(configuration, processor.Tokenizer);
    }

    /// <summary>The configuration of the model.</summary>
    public Qwen2VLConfiguration Configuration { get; }

    /// <inheritdoc/>
    public AdapterHost Adapters { get; }

    /// <summary>Gradient checkpointing, which recomputes layers in the backward pass; disabled by default.</summary>
    public GradientCheckpointing Checkpointing { get; }

    /// <summary>
    /// Whether the packed copies of frozen weights that <see cref="BeginDecoding"/> creates are kept until the policy is disposed,
    /// instead of being created in each call; most useful for the base of a LoRA adapter. They take as much memory as the decoder's
    /// weights; setting the property to <see langword="false"/> drops them.
    /// </summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool KeepsPackedWeights
    {
        get;
        set
        {
            field = value;
            if (!value)
                _network.DropPackedWeights();
        }
    } = true;

    /// <summary>The weights that are quantized to 8 bits.</summary>
    public WeightQuantization Quantization { get; private init; }

    /// <inheritdoc/>
    public string ArchitectureName => Configuration.ArchitectureName;

    /// <inheritdoc/>
    public string? SourceFolder { get; private init; }

    /// <inheritdoc/>
    public nn.Module Network => _network;

    /// <summary>Chat template, image processor and tokenizer.</summary>
    public Qwen2VLProcessor Processor { get; }

    /// <inheritdoc/>
    IVisionLanguageProcessor IVisionLanguagePolicy.Processor => Processor;

    /// <inheritdoc/>
    public Device Device { get; }

    /// <inheritdoc/>
    public ScalarType DataType { get; }

    /// <inheritdoc/>
    public int VocabularySize => Configuration.Text.VocabularySize;

    /// <inheritdoc/>
    public int HiddenSize => Configuration.Text.HiddenSize;

    /// <inheritdoc/>
    public int ContextLength => Configuration.Text.ContextLength;

    /// <inheritdoc/>
    public IReadOnlyList<int> EndTokenIds { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> SuppressedTokenIds { get; }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Parameter>> Parameters { get; }

    internal Qwen2VLNetwork Qwen2VLNetwork => _network;

    internal Qwen2VLRunner Runner => _runner;

    /// <summary>Whether caches created from now on use tensor operators on the CPU, as on a GPU.</summary>
    internal bool DecodesByTensors { get; set; }

    /// <inheritdoc/>
    public ModelPart PartOf(string parameterName)
    {
        ArgumentNullException.ThrowIfNull(parameterName);
        return ParameterParts.Of(parameterName);
    }

    /// <inheritdoc/>
    public IKeyValueCache CreateCache(int promptSlots, int rowSlots, int promptCapacity, int completionCapacity)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new SlotKeyValueCache(
            Configuration.Text.LayerCount, Configuration.Text.KeyValueHeadCount, Configuration.Text.HeadSize,
            promptSlots, rowSlots, promptCapacity, completionCapacity, Device, DataType)
        {
            AttendsByTensors = DecodesByTensors,
        };
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidPromptException">A prompt is empty or too long, or its images don't match its placeholders.</exception>
    public Tensor Prefill(
        IReadOnlyList<EncodedPrompt> prompts, IReadOnlyList<int> slots, IKeyValueCache cache,
        Tensor? imageFeatures = null)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(slots);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using IDisposable noGradient = no_grad();
        return _runner.Prefill(prompts, slots, cache, imageFeatures);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A prompt slot is empty, or a row is full.</exception>
    public Tensor Decode(Tensor tokens, IReadOnlyList<DecodeRow> rows, IKeyValueCache cache)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(rows);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _runner.Decode(tokens, rows, cache);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// On the CPU in bfloat16, decoding uses packed copies of the decoder's matrices if the number of rows benefits from them
    /// (<see cref="PackedLayers.ArePreferred"/>) and there is enough memory (see <see cref="KeepsPackedWeights"/>).
    /// </remarks>
    public IDisposable? BeginDecoding(int rows)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return Device.type == DeviceType.CPU && DataType == ScalarType.BFloat16 && PackedLayers.ArePreferred(rows)
            ? PackedLayers.TryCreate(_network.DecodingLayers, KeepsPackedWeights) : null;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidPromptException">
    /// A prompt or completion is empty or too long, or has a token that doesn't exist.
    /// </exception>
    public TokenStatistics TokenLogProbabilities(
        IReadOnlyList<PackedGroup> groups, TokenStatisticsOptions options, Tensor? imageFeatures = null)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(options);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _runner.Score(groups, options, imageFeatures);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidPromptException">
    /// A prompt or completion is empty or too long, or has a token that doesn't exist.
    /// </exception>
    public PassOutput CompletionStates(IReadOnlyList<PackedGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _runner.CompletionStates(groups);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidPromptException">
    /// A sequence is empty or too long, or its images don't match its placeholders.
    /// </exception>
    public TokenStatistics SequenceLogProbabilities(IReadOnlyList<EncodedPrompt> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _runner.ScoreSequences(sequences);
    }

    /// <inheritdoc/>
    public IVisionLanguagePolicy CloneFrozen()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var network = new Qwen2VLNetwork(Configuration, Device, DataType, Quantization);
        var copy = new Qwen2VLPolicy(Configuration, network, Processor, Device, DataType, EndTokenIds)
        {
            Quantization = Quantization,
        };
        try
        {
            using IDisposable noGradient = no_grad();
            foreach (((_, Parameter source), (_, Parameter target)) in Parameters.Zip(copy.Parameters))
            {
                target.copy_(source);
                target.requires_grad = false;
            }

            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _network.Dispose();
    }

    internal static IReadOnlyList<KeyValuePair<string, Parameter>> ParametersOf(nn.Module network) =>
        [.. network.named_parameters().Select(entry => KeyValuePair.Create(entry.name, entry.parameter))];
}
