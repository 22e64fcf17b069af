using MedR1.Modeling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Testing;

/// <summary>
/// The cache of <see cref="TinyPolicy"/>: prompts <c>[groups, heads, P, d]</c>, completions <c>[rows, heads, T, d]</c>.
/// </summary>
internal sealed class TinyCache : IKeyValueCache
{
    private readonly Tensor[] _tensors;

    public TinyCache(
        TinyPolicyOptions options,
        Device device,
        int groups,
        int samplesPerGroup,
        int promptCapacity,
        int completionCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(samplesPerGroup, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(promptCapacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(completionCapacity, 1);
        Groups = groups;
        SamplesPerGroup = samplesPerGroup;
        PromptCapacity = promptCapacity;
        CompletionCapacity = completionCapacity;
        PromptLengths = new int[groups];
        long size = options.HiddenSize / options.HeadCount;
        _tensors = new Tensor[options.LayerCount * 4];
        for (int i = 0; i < _tensors.Length; i++)
        {
            bool ofPrompt = i % 4 < 2;
            _tensors[i] = zeros(
                ofPrompt ? groups : Rows,
                options.HeadCount,
                ofPrompt ? promptCapacity : completionCapacity,
                size,
                device: device)
                .DetachFromDisposeScope();
        }
    }

    public int Groups { get; }

    public int SamplesPerGroup { get; }

    public int Rows => Groups * SamplesPerGroup;

    public int PromptCapacity { get; }

    public int CompletionCapacity { get; }

    public int CompletionLength { get; set; }

    public int[] PromptLengths { get; }

    public long ByteSize => _tensors.Sum(tensor => tensor.numel() * tensor.element_size());

    public Tensor PromptKeys(int layer) => _tensors[layer * 4];

    public Tensor PromptValues(int layer) => _tensors[layer * 4 + 1];

    public Tensor CompletionKeys(int layer) => _tensors[layer * 4 + 2];

    public Tensor CompletionValues(int layer) => _tensors[layer * 4 + 3];

    public void Dispose()
    {
        foreach (Tensor tensor in _tensors)
        {
            tensor.Dispose();
        }
    }
}
