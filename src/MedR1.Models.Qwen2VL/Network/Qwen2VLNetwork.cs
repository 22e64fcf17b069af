using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Vision tower, decoder and head. Parameters have the published names; their values are undefined until they are loaded or
/// initialised.
/// </summary>
internal sealed class Qwen2VLNetwork : nn.Module
{
    private readonly MultimodalRotary _rotary;
    private readonly TiedHead? _tiedHead;
    private readonly IAdaptableLayer[] _stepLayers;

    [ComponentName(Name = "visual")]
    private readonly VisionTower _vision;

    [ComponentName(Name = "model")]
    private readonly TextDecoder _decoder;

    [ComponentName(Name = "lm_head")]
    private readonly Projection? _head;

    public Qwen2VLNetwork(
        Qwen2VLConfiguration configuration, Device device, ScalarType dataType,
        WeightQuantization quantization = WeightQuantization.None)
        : base(nameof(Qwen2VLNetwork))
    {
        Qwen2VLTextConfiguration text = configuration.Text;
        _rotary = new MultimodalRotary(text, device, dataType);
        _vision = new VisionTower(
            configuration.Vision, configuration.Family,
            new WeightFormat(device, dataType, quantization == WeightQuantization.DecoderAndVision));
        _decoder = new TextDecoder(
            text, new WeightFormat(device, dataType, quantization != WeightQuantization.None));
        _head = configuration.TieWordEmbeddings
            ? null
            : new Projection(text.HiddenSize, text.VocabularySize, false, device, dataType);
        _tiedHead = configuration.TieWordEmbeddings ? new TiedHead(_decoder.Embedding) : null;
        RegisterComponents();
        _stepLayers = [.. _decoder.StepLayers, Head];

        // With 8-bit weights only adapters can be trained, because changes to other parameters could not be saved.
        foreach (Parameter parameter in quantization == WeightQuantization.None ? [] : parameters())
        {
            parameter.requires_grad = false;
        }
    }

    /// <summary>The layers that adapters can change, in the order of the network.</summary>
    public IReadOnlyList<AdaptableModule> AdaptableModules
    {
        get
        {
            IEnumerable<(string Name, IAdaptableLayer Layer)> layers = named_modules()
                .Where(entry => entry.module is IAdaptableLayer)
                .Select(entry => (entry.name, (IAdaptableLayer)entry.module));
            if (_tiedHead is not null)
                layers = layers.Append(("lm_head", _tiedHead));
            return [.. layers.Select(layer =>
                new AdaptableModule(CheckpointNames.ToInMemory(layer.Name), layer.Name, layer.Layer))];
        }
    }

    public VisionTower Vision => _vision;

    public TextDecoder Decoder => _decoder;

    public MultimodalRotary Rotary => _rotary;

    /// <summary>The layers whose matrices a decode step multiplies by.</summary>
    public IEnumerable<IPackable> DecodingLayers =>
        [.. _decoder.LayerList.modules().OfType<IPackable>(), (IPackable?)_head ?? _decoder.Embedding];

    /// <summary>Drops the packed copies of decoding.</summary>
    public void DropPackedWeights()
    {
        foreach (IPackable layer in DecodingLayers)
        {
            layer.Unpack(keep: false);
        }
    }

    /// <summary>
    /// <c>[vocabulary, hidden]</c>: the head's matrix; <see langword="null"/> if the head has an active adapter.
    /// </summary>
    public Tensor? HeadWeight
    {
        get
        {
            IAdaptableLayer head = Head;
            return head.Adapter is null ? head.Weight : null;
        }
    }

    private IAdaptableLayer Head => (IAdaptableLayer?)_head ?? _tiedHead!;

    /// <summary>
    /// Applies final norm and head: <c>[N, hidden]</c> output of the last layer to <c>[N, vocabulary]</c> in the network's data
    /// type.
    /// </summary>
    public Tensor Logits(Tensor hidden, ActivationObserver? observer = null)
    {
        using Tensor normalised = _decoder.Norm(hidden);
        observer?.Invoke("final_norm", normalised);
        return _head?.call(normalised) ?? _tiedHead!.Apply(normalised);
    }

    /// <summary>
    /// Runs layers, final norm and head of a decode step by kernels: <c>[rows, hidden]</c> embeddings to
    /// <c>[rows, vocabulary]</c>; returns <see langword="null"/> if there are no kernels for a layer or its adapter.
    /// </summary>
    public Tensor? TryStep(StepRecorder step, Tensor embedded, RotaryTable table)
    {
        if (!step.Takes(_stepLayers))
            return null;
        using StepValues input = step.Given(embedded);
        using StepValues hidden = _decoder.Record(step, input, table);
        Tensor logits = empty(embedded.shape[0], Head.Weight.shape[0], embedded.dtype, embedded.device);
        step.ProjectTo(hidden, Head, logits);
        step.Run();
        return logits;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _rotary.Dispose();
        base.Dispose(disposing);
    }
}
