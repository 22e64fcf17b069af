using MedR1.Modeling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Testing;

/// <summary>
/// The cache of <see cref="TinyPolicy"/>: prompts <c>[prompt slots, heads, P, d]</c>, completions
/// <c>[row slots, heads, T, d]</c>.
/// </summary>
internal sealed class TinyCache : IKeyValueCache
{
    private readonly Tensor[] _tensors;

    public TinyCache(
        TinyPolicyOptions options,
        Device device,
        int promptSlots,
        int rowSlots,
        int promptCapacity,
        int completionCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(promptSlots, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowSlots, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(promptCapacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(completionCapacity, 1);
        PromptSlots = promptSlots;
        RowSlots = rowSlots;
        PromptCapacity = promptCapacity;
        CompletionCapacity = completionCapacity;
        PromptLengths = new int[promptSlots];
        long size = options.HiddenSize / options.HeadCount;
        _tensors = new Tensor[options.LayerCount * 4];
        for (int i = 0; i < _tensors.Length; i++)
        {
            bool ofPrompt = i % 4 < 2;
            _tensors[i] = zeros(
                ofPrompt ? promptSlots : rowSlots,
                options.HeadCount,
                ofPrompt ? promptCapacity : completionCapacity,
                size,
                device: device)
                .DetachFromDisposeScope();
        }
    }

    public int PromptSlots { get; }

    public int RowSlots { get; }

    public int PromptCapacity { get; }

    public int CompletionCapacity { get; }

    public int[] PromptLengths { get; }

    public long ByteSize => _tensors.Sum(tensor => tensor.numel() * tensor.element_size());

    public Tensor PromptKeys(int layer) => _tensors[layer * 4];

    public Tensor PromptValues(int layer) => _tensors[layer * 4 + 1];

    public Tensor CompletionKeys(int layer) => _tensors[layer * 4 + 2];

    public Tensor CompletionValues(int layer) => _tensors[layer * 4 + 3];

    public void CopyRows(IReadOnlyList<RowCopy> copies, int length)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (RowCopy copy in copies)
        {
            foreach (Tensor rows in _tensors.Where((_, i) => i % 4 >= 2))
            {
                rows.select(0, copy.To).narrow(1, 0, length).copy_(rows.select(0, copy.From).narrow(1, 0, length));
            }
        }
    }

    public void Dispose()
    {
        foreach (Tensor tensor in _tensors)
        {
            tensor.Dispose();
        }
    }
}
