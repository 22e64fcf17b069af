using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// A pre-norm layer of the decoder: attention and the feed-forward layer, each with a residual connection.
/// </summary>
internal sealed class DecoderLayer : nn.Module
{
    private readonly int _index;

    [ComponentName(Name = "self_attn")]
    private readonly DecoderAttention _attention;

    [ComponentName(Name = "mlp")]
    private readonly SwiGluMlp _mlp;

    [ComponentName(Name = "input_layernorm")]
    private readonly RmsNormalization _inputNorm;

    [ComponentName(Name = "post_attention_layernorm")]
    private readonly RmsNormalization _mlpNorm;

    public DecoderLayer(Qwen2VLTextConfiguration text, int index, WeightFormat format)
        : base(nameof(DecoderLayer))
    {
        _index = index;
        _attention = new DecoderAttention(text, format);
        _mlp = new SwiGluMlp(text.HiddenSize, text.IntermediateSize, false, format);
        _inputNorm = new RmsNormalization(text.HiddenSize, text.NormEpsilon, format.Device, format.DataType);
        _mlpNorm = new RmsNormalization(text.HiddenSize, text.NormEpsilon, format.Device, format.DataType);
        RegisterComponents();
    }

    /// <summary>
    /// Applies the layer, <c>[N, hidden]</c> to <c>[N, hidden]</c>, or to <c>[M, hidden]</c> if only some tokens are kept.
    /// </summary>
    public Tensor Forward(Tensor input, RotaryTable table, IAttentionPattern pattern, Tensor? kept)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor residual = kept is null ? input : input.index_select(0, kept);
        Tensor attended = residual.Plus(
            _attention.Forward(_inputNorm.call(input), _index, table, pattern, kept));
        return attended.Plus(_mlp.call(_mlpNorm.call(attended))).MoveToOuterDisposeScope();
    }

    /// <summary>Records the layer in a decode step.</summary>
    public StepValues Record(StepRecorder step, StepValues input, RotaryTable table)
    {
        using StepValues normalised = step.Normalize(input, _inputNorm);
        using StepValues attended = _attention.Record(step, normalised, input, _index, table);
        using StepValues normalisedAgain = step.Normalize(attended, _mlpNorm);
        return _mlp.Record(step, normalisedAgain, attended);
    }
}
