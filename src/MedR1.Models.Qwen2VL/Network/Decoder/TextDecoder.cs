using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>Embedding, layers and final norm.</summary>
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
    /// Applies the layers, <c>[N, hidden]</c> embeddings, of which the caller keeps ownership, to <c>[N, hidden]</c> before the
    /// final norm, or to <c>[M, hidden]</c> if the pattern keeps only some tokens. With a checkpointed pass, layers are
    /// recomputed in the backward pass.
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

    /// <summary>The layers of a decode step between embedding and head.</summary>
    public IEnumerable<IAdaptableLayer> StepLayers => _layers.modules().OfType<IAdaptableLayer>().Append(_norm);

    /// <summary>Records the layers and the final norm in a decode step.</summary>
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
            return step.Normalize(hidden, _norm);
        }
    }

    /// <param name="hidden"><c>[N, hidden]</c></param>
    public Tensor Norm(Tensor hidden) => _norm.call(hidden);
}
