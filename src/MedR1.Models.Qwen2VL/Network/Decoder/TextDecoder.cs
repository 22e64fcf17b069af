using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>Embedding, layers and the last norm.</summary>
internal sealed class TextDecoder : nn.Module
{
    [ComponentName(Name = "embed_tokens")]
    private readonly TokenEmbedding _embedding;

    [ComponentName(Name = "layers")]
    private readonly ModuleList<DecoderLayer> _layers;

    [ComponentName(Name = "norm")]
    private readonly RmsNormalization _norm;

    public TextDecoder(Qwen2VLTextConfiguration text, WeightFormat format)
        : base(nameof(TextDecoder))
    {
        _embedding = new TokenEmbedding(text.VocabularySize, text.HiddenSize, format.Device, format.DataType);
        _layers = new ModuleList<DecoderLayer>(
            [.. Enumerable.Range(0, text.LayerCount).Select(index => new DecoderLayer(text, index, format))]);
        _norm = new RmsNormalization(text.HiddenSize, text.NormEpsilon, format.Device, format.DataType);
        RegisterComponents();
    }

    public TokenEmbedding Embedding => _embedding;

    public nn.Module LayerList => _layers;

    /// <summary>
    /// <c>[N, hidden]</c> embeddings, still the caller's afterwards, to <c>[N, hidden]</c> before the last norm, or to
    /// <c>[M, hidden]</c> where the pattern keeps some tokens only. Of a pass that is given, layers are computed again.
    /// </summary>
    public Tensor Layers(Tensor input, RotaryTable table, IAttentionPattern pattern,
        ActivationObserver? observer = null, CheckpointedPass? pass = null)
    {
        Tensor hidden = input;
        for (int index = 0; index < _layers.Count; index++)
        {
            Tensor? kept = index == _layers.Count - 1 ? pattern.Kept : null;
            DecoderLayer layer = _layers[index];
            Tensor next = pass is null
                ? layer.Forward(hidden, table, pattern, kept)
                : pass.Run(layer, again => layer.Forward(again, table, pattern, kept), hidden);
            if (index > 0)
                hidden.Dispose();
            hidden = next;
            observer?.Invoke($"layer_{index}", hidden);
        }

        return hidden;
    }

    /// <summary>The layers that a decoding step goes through between embedding and head.</summary>
    public IEnumerable<IAdaptableLayer> StepLayers => _layers.modules().OfType<IAdaptableLayer>().Append(_norm);

    /// <summary>Layers and last norm as a part of a decoding step.</summary>
    public StepValues Record(StepRecorder step, StepValues input, RotaryTable table)
    {
        StepValues hidden = input;
        foreach (DecoderLayer layer in _layers)
        {
            StepValues next = layer.Record(step, hidden, table);
            hidden.Dispose();
            hidden = next;
        }

        using (hidden)
        {
            return step.Normalise(hidden, _norm);
        }
    }

    /// <param name="hidden"><c>[N, hidden]</c></param>
    public Tensor Norm(Tensor hidden) => _norm.call(hidden);
}
