using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Grouped-query attention; the projections of queries, keys and values have biases, that of the output has none.
/// </summary>
internal sealed class DecoderAttention : nn.Module
{
    private readonly int _headSize;

    [ComponentName(Name = "q_proj")]
    private readonly Projection _query;

    [ComponentName(Name = "k_proj")]
    private readonly Projection _key;

    [ComponentName(Name = "v_proj")]
    private readonly Projection _value;

    [ComponentName(Name = "o_proj")]
    private readonly Projection _output;

    public DecoderAttention(Qwen2VLTextConfiguration text, WeightFormat format)
        : base(nameof(DecoderAttention))
    {
        _headSize = text.HeadSize;
        int keyWidth = text.KeyValueHeadCount * text.HeadSize;
        _query = format.Linear(text.HiddenSize, text.HiddenSize, true);
        _key = format.Linear(text.HiddenSize, keyWidth, true);
        _value = format.Linear(text.HiddenSize, keyWidth, true);
        _output = format.Linear(text.HiddenSize, text.HiddenSize, false);
        RegisterComponents();
    }

    /// <summary>
    /// Applies the layer, <c>[N, hidden]</c> to <c>[N, hidden]</c>, or to <c>[M, hidden]</c> if only some tokens are kept.
    /// </summary>
    public Tensor Forward(Tensor input, int layer, RotaryTable table, IAttentionPattern pattern, Tensor? kept)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor keys = table.Rotate(Heads(_key.call(input)));
        Tensor values = Heads(_value.call(input));
        if (kept is null)
        {
            Tensor queries = table.Rotate(Heads(_query.call(input)));
            return _output.call(pattern.Attend(layer, queries, keys, values)).MoveToOuterDisposeScope();
        }

        using RotaryTable keptTable = table.Select(kept);
        Tensor keptQueries = keptTable.Rotate(Heads(_query.call(input.index_select(0, kept))));
        return _output.call(pattern.AttendKept(layer, keptQueries, keys, values)).MoveToOuterDisposeScope();
    }

    /// <summary>Records the layer in a decode step and adds its output to the residual.</summary>
    public StepValues Record(StepRecorder step, StepValues input, StepValues residual, int layer, RotaryTable table)
    {
        StepValues[] projected = step.Project(input, _query, _key, _value);
        using StepValues queries = projected[0], keys = projected[1], values = projected[2];
        using StepValues attended = step.Attend(layer, queries, keys, values, table);
        return step.AddProjected(residual, attended, _output);
    }

    private Tensor Heads(Tensor projected) => projected.view(projected.shape[0], -1, _headSize);
}
